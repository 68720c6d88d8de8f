package mockserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// The limits of [Serve] where a [Listen] gives none.
const (
	DefaultReadTimeout     = 30 * time.Second // for a whole request
	DefaultWriteTimeout    = 2 * time.Minute  // for a whole answer; a scripted delay is added
	DefaultIdleTimeout     = 2 * time.Minute  // between the requests of a connection
	DefaultShutdownTimeout = 10 * time.Second // for the requests that run when the server is stopped
	DefaultMaxHeader       = 64 << 10         // bytes of a request's header
	readHeaderTimeout      = 10 * time.Second
)

// ErrListen is wrapped by the errors of [Serve] that come before the first
// request: an address that is taken, a certificate that cannot be read.
var ErrListen = errors.New("cannot listen")

// Listen says where and how a [Server] is reached.
type Listen struct {
	Host string // "127.0.0.1" where it is ""
	Port int    // 0 takes any that is free

	TLSCert, TLSKey string // PEM files; both or neither

	ReadTimeout, WriteTimeout, IdleTimeout, ShutdownTimeout time.Duration
	MaxHeader                                               int

	// Out gets the lines that say what is served, and where. nil is none.
	Out io.Writer
}

func (l *Listen) fill() {
	if l.Host == "" {
		l.Host = "127.0.0.1"
	}
	for _, d := range []struct {
		is       *time.Duration
		standard time.Duration
	}{
		{&l.ReadTimeout, DefaultReadTimeout},
		{&l.WriteTimeout, DefaultWriteTimeout},
		{&l.IdleTimeout, DefaultIdleTimeout},
		{&l.ShutdownTimeout, DefaultShutdownTimeout},
	} {
		if *d.is <= 0 {
			*d.is = d.standard
		}
	}
	if l.MaxHeader <= 0 {
		l.MaxHeader = DefaultMaxHeader
	}
	if l.Out == nil {
		l.Out = io.Discard
	}
}

// Serve listens, says what it serves and where, and answers until ctx ends;
// then it lets the running requests finish. It returns nil after such an end.
func Serve(ctx context.Context, s *Server, l Listen) error {
	l.fill()
	certificate, err := l.certificate()
	if err != nil {
		return err
	}
	listener, err := l.listen(ctx)
	if err != nil {
		return err
	}
	server := l.server(s)
	scheme := "http"
	if certificate != nil {
		scheme = "https"
		server.TLSConfig = &tls.Config{
			Certificates: []tls.Certificate{*certificate},
			MinVersion:   tls.VersionTLS12,
			ClientAuth:   tls.RequestClientCert, // looked at where the contract says mutualTLS
		}
	}
	failed := make(chan error, 1)
	go func() {
		if certificate != nil {
			failed <- server.ServeTLS(listener, "", "")
		} else {
			failed <- server.Serve(listener)
		}
	}()
	s.announce(l.Out, scheme+"://"+listener.Addr().String())
	s.warn()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(finish); err != nil {
		s.log.Warn("requests were cut off", "after", l.ShutdownTimeout)
		_ = server.Close()
	}
	<-failed
	return nil
}

// server is the HTTP server around a handler: HTTP/1.1, and HTTP/2 with TLS or
// with prior knowledge.
func (l *Listen) server(s *Server) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: min(readHeaderTimeout, l.ReadTimeout),
		ReadTimeout:       l.ReadTimeout,
		WriteTimeout:      l.WriteTimeout,
		IdleTimeout:       l.IdleTimeout,
		MaxHeaderBytes:    l.MaxHeader,
		Protocols:         &protocols,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		// The contract answers OPTIONS *, as it answers everything.
		DisableGeneralOptionsHandler: true,
	}
}

func (l *Listen) listen(ctx context.Context) (net.Listener, error) {
	address := net.JoinHostPort(l.Host, strconv.Itoa(l.Port))
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%w on %s: the port is in use; stop what holds it, or choose another with --port", ErrListen, address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%w on %s: it is not allowed; choose a port above 1023 with --port", ErrListen, address)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return nil, fmt.Errorf("%w on %s: %w; choose another address with --host and --port", ErrListen, address, err)
}

func (l *Listen) certificate() (*tls.Certificate, error) {
	switch {
	case l.TLSCert == "" && l.TLSKey == "":
		return nil, nil
	case l.TLSKey == "":
		return nil, fmt.Errorf("%w with TLS: --tls-cert is given without --tls-key", ErrListen)
	case l.TLSCert == "":
		return nil, fmt.Errorf("%w with TLS: --tls-key is given without --tls-cert", ErrListen)
	}
	pair, err := tls.LoadX509KeyPair(l.TLSCert, l.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("%w with TLS: read the certificate %s and the key %s: %w", ErrListen, l.TLSCert, l.TLSKey, err)
	}
	return &pair, nil
}
