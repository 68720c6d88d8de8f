package scenarios

type (
	matcher         struct{}
	requestTemplate struct{}
	answerTemplate  struct{}
	refusals        struct{}
)
