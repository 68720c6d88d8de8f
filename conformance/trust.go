package conformance

import (
	"crypto/tls"
	"crypto/x509"
	"os"
)

// trust is how the target is trusted over TLS, and how the run is known to it.
func (c *Config) trust() (*tls.Config, error) {
	t := c.TLS.Clone()
	if t == nil {
		t = &tls.Config{}
	}
	t.InsecureSkipVerify = t.InsecureSkipVerify || c.Insecure
	if c.CA != "" {
		authorities, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, usage("read authorities: %w", err)
		}
		if t.RootCAs == nil {
			if t.RootCAs, err = x509.SystemCertPool(); err != nil {
				t.RootCAs = x509.NewCertPool()
			}
		} else {
			t.RootCAs = t.RootCAs.Clone()
		}
		if !t.RootCAs.AppendCertsFromPEM(authorities) {
			return nil, usage("read authorities from %s: it holds no certificate in PEM", c.CA)
		}
	}
	switch {
	case c.Cert != "":
		key := c.Key
		if key == "" {
			key = c.Cert
		}
		pair, err := tls.LoadX509KeyPair(c.Cert, key)
		if err != nil {
			return nil, usage("read the certificate %s and the key %s: %w", c.Cert, key, err)
		}
		t.Certificates = append(t.Certificates, pair)
	case c.Key != "":
		return nil, usage("--key is given without --cert")
	}
	return t, nil
}

// curlArguments say the same to curl.
func (c *Config) curlArguments() []string {
	var arguments []string
	if c.Insecure {
		arguments = append(arguments, "-k")
	}
	for _, file := range []struct{ flag, name string }{{"--cacert", c.CA}, {"--cert", c.Cert}, {"--key", c.Key}} {
		if file.name != "" {
			arguments = append(arguments, file.flag, file.name)
		}
	}
	return arguments
}
