package scenarios

type (
	program         struct{}
	matcher         struct{}
	requestTemplate struct{}
	answerTemplate  struct{}
	refusals        struct{}
	scope           struct{}
)
