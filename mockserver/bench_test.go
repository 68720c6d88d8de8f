package mockserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	script "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
)

// The benchmarks measure the whole pipeline over loopback, against a bare
// net/http handler in the same run. Server and load are processes of one
// processor each: the benchmark is the load, and starts this test binary again
// as the servers.

// serveAs is the environment variable that makes this test binary a server.
const serveAs = "CONCORD_BENCH_SERVE"

func TestMain(m *testing.M) {
	if what := os.Getenv(serveAs); what != "" {
		runtime.GOMAXPROCS(1)
		if err := benchServer(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// benchServer serves until standard input ends.
func benchServer(what string) error {
	in := bufio.NewReader(os.Stdin)
	var handler http.Handler
	var err error
	if what == "bare" {
		handler, err = bareHandler(in)
	} else {
		handler, err = benchContracts[what]()
	}
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		for {
			question, err := in.ReadString('\n')
			switch {
			case err != nil:
				listener.Close()
				return
			case question == askProcessor:
				fmt.Println(processorTime().Nanoseconds())
			default:
				fmt.Println(heldMemory())
			}
		}
	}()
	if err := http.Serve(listener, handler); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// benchContracts are what can be served.
var benchContracts = map[string]func() (*mockserver.Server, error){
	"orders": func() (*mockserver.Server, error) {
		doc, err := load("testdata/orders.yaml")
		if err != nil {
			return nil, err
		}
		return mockserver.New(doc, nil)
	},
	"dinie": func() (*mockserver.Server, error) {
		// As `concord serve` has it: the script is read when it is asked for.
		script, err := scenarios.Open(context.Background(),
			func(context.Context) (*spec.Document, error) { return load("dinie") }, scenarios.FS("dinie", script.Files))
		if err != nil {
			return nil, err
		}
		return mockserver.New(script.Document, script, mockserver.WithRateLimit(1<<30))
	},
}

// recorded is an answer for the bare handler to repeat.
type recorded struct {
	Status int
	Header http.Header
	Body   []byte
}

// bareHandler is the line to stay above: it reads and unmarshals the body, where
// there is one, and writes the bytes that it was given.
func bareHandler(in *bufio.Reader) (http.Handler, error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var a recorded
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			var v any
			if err := json.Unmarshal(body, &v); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		h := w.Header()
		for name, values := range a.Header {
			h[name] = values
		}
		w.WriteHeader(a.Status)
		_, _ = w.Write(a.Body)
	}), nil
}

// served is a server in a process of its own.
type served struct {
	address     string
	connections []net.Conn
	in          io.Writer
	out         *bufio.Reader
	took, used  time.Duration // by the clock, and of the processor
}

// start starts this binary as a server, and connects to it.
func start(b *testing.B, what string, feed []byte) *served {
	b.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), serveAs+"="+what)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	if feed != nil {
		if _, err := in.Write(append(feed, '\n')); err != nil {
			b.Fatal(err)
		}
	}
	s := &served{in: in, out: bufio.NewReader(out)}
	address, err := s.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	s.address = strings.TrimSpace(address)
	s.connections = s.connect(b, 32)
	return s
}

// connect opens connections to the server.
func (s *served) connect(b *testing.B, n int) []net.Conn {
	b.Helper()
	var out []net.Conn
	for range n {
		c, err := net.Dial("tcp", s.address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		out = append(out, c)
	}
	return out
}

// What a server can be asked for.
const (
	askProcessor = "processor\n" // nanoseconds that it has used
	askMemory    = "memory\n"    // bytes that it holds
)

func (s *served) ask(question string) (int64, error) {
	if _, err := io.WriteString(s.in, question); err != nil {
		return 0, err
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(line), 10, 64)
}

// load sends n requests.
func (s *served) load(request []byte, n int) error {
	before, err := s.ask(askProcessor)
	if err != nil {
		return err
	}
	took, err := loadOver(s.connections, request, n)
	if err != nil {
		return err
	}
	after, err := s.ask(askProcessor)
	s.took += took
	s.used += time.Duration(after - before)
	return err
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loadOver sends n requests over some connections and returns how long that took.
func loadOver(connections []net.Conn, request []byte, n int) (time.Duration, error) {
	begin := time.Now()
	var wait sync.WaitGroup
	failures := make(chan error, len(connections))
	for _, c := range connections {
		wait.Go(func() {
			r := bufio.NewReaderSize(c, 4096)
			for range n / len(connections) {
				if _, err := c.Write(request); err != nil {
					failures <- err
					return
				}
				if err := skipAnswer(r); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(failures)
	return time.Since(begin), <-failures
}

// skipAnswer reads one answer as cheaply as it can be done, so that the load
// takes less than the server.
func skipAnswer(r *bufio.Reader) error {
	length, first := 0, true
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && line[9] != '2' {
			return fmt.Errorf("answered %q", line)
		}
		first = false
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	_, err := r.Discard(length)
	return err
}

type benchRequest struct {
	contract, method, path, body string
	header                       [][2]string
}

func (q benchRequest) wire() []byte {
	var w bytes.Buffer
	fmt.Fprintf(&w, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: application/json\r\n", q.method, q.path)
	for _, h := range q.header {
		fmt.Fprintf(&w, "%s: %s\r\n", h[0], h[1])
	}
	if q.body != "" {
		fmt.Fprintf(&w, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(q.body))
	}
	w.WriteString("\r\n" + q.body)
	return w.Bytes()
}

const twelveMembers = `{"reference":"ABC-123456","customer":"cust_550e8400e29b41d4a716446655440000","email":"ana@example.com","amount":12900,"currency":"BRL","discount":0.15,"express":true,"note":"Ring twice, please.","phone":"+5511999990000","due":"2026-03-31","tags":["new","gift"],"address":{"street":"Rua das Flores 1","city":"São Paulo","zip":"01000-000"}}`

var bearer = [2]string{"Authorization", "Bearer dinie_at_2f6c81d04e"}

// benchRequests are what is measured.
var benchRequests = map[string]benchRequest{
	"seed":     {"dinie", "POST", "/customers/cust_550e8400e29b41d4a716446655440000/biometrics", "", [][2]string{bearer}},
	"customer": {"dinie", "POST", "/customers", `{"cpf":"123.456.789-00","cnpj":null,"email":"ana@example.com","phone":"+5511999990000"}`, [][2]string{bearer}},
	"twelve":   {"orders", "POST", "/orders", twelveMembers, [][2]string{bearer}},
	"order":    {"orders", "GET", "/orders/ord_0123456789abcdef0123456789abcdef", "", [][2]string{bearer}},
}

// BenchmarkAgainstBare reports the throughput of the mock as a ratio of the bare
// handler's, 32 connections each, in turns. On a machine that has other things
// to do, the ratio of the processor time that both use says more.
func BenchmarkAgainstBare(b *testing.B) {
	for name, q := range benchRequests {
		b.Run(name, func(b *testing.B) {
			h, err := benchContracts[q.contract]()
			if err != nil {
				b.Fatal(err)
			}
			a := record(b, h, q)
			feed, err := json.Marshal(a)
			if err != nil {
				b.Fatal(err)
			}
			runtime.GOMAXPROCS(1)
			defer runtime.GOMAXPROCS(runtime.NumCPU())
			bare, mock := start(b, "bare", feed), start(b, q.contract, nil)
			wire := q.wire()
			const batch = 3200
			round := func() {
				for _, side := range []*served{bare, mock} {
					if err := side.load(wire, batch); err != nil {
						b.Fatal(err)
					}
				}
			}
			round() // warm
			*bare, *mock = bare.rested(), mock.rested()
			b.ResetTimer()
			rounds := 0
			for n := 0; n < b.N; n += batch {
				round()
				rounds++
			}
			each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(rounds*batch) }
			b.ReportMetric(each(mock.took), "ns/op")
			b.ReportMetric(each(bare.took), "bare-ns/op")
			b.ReportMetric(each(mock.used), "cpu-ns/op")
			b.ReportMetric(each(bare.used), "bare-cpu-ns/op")
			b.ReportMetric(float64(bare.took)/float64(mock.took), "ratio")
			b.ReportMetric(float64(bare.used)/float64(mock.used), "cpu-ratio")
		})
	}
}

// rested is the server with nothing measured yet.
func (s *served) rested() served {
	return served{address: s.address, connections: s.connections, in: s.in, out: s.out}
}

// record plays one request to a handler.
func record(b *testing.B, h http.Handler, q benchRequest) recorded {
	b.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(q.wire())))
	if err != nil {
		b.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code/100 != 2 {
		b.Fatalf("%s %s is answered %d: %s", q.method, q.path, w.Code, w.Body)
	}
	return recorded{w.Code, w.Result().Header, w.Body.Bytes()}
}

// BenchmarkHandler reports what the pipeline takes without the network.
func BenchmarkHandler(b *testing.B) {
	for name, q := range benchRequests {
		b.Run(name, func(b *testing.B) {
			h, err := benchContracts[q.contract]()
			if err != nil {
				b.Fatal(err)
			}
			record(b, h, q)
			r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(q.wire())))
			if err != nil {
				b.Fatal(err)
			}
			body := &rewinding{text: q.body}
			w := &nowhere{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				body.at = 0
				if q.body != "" {
					r.Body = body
				}
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// rewinding is a body that is read again and again.
type rewinding struct {
	text string
	at   int
}

func (r *rewinding) Read(p []byte) (int, error) {
	if r.at == len(r.text) {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	r.at += n
	return n, nil
}

func (r *rewinding) Close() error { return nil }

// nowhere is a ResponseWriter that keeps nothing.
type nowhere struct{ header http.Header }

func (w *nowhere) Header() http.Header         { return w.header }
func (w *nowhere) WriteHeader(int)             {}
func (w *nowhere) Write(p []byte) (int, error) { return len(p), nil }
