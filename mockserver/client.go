package mockserver

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// client is who sends a request: the holder of a credential, or an address.
type client struct {
	id         string                // for the state: a digest, so that no secret is kept there
	credential *scenarios.Credential // as the script names it
	refused    bool                  // it is not let in
	window     window                // what it has left of the rate limit
}

// mostClients bounds how many clients are known at a time. Past it those that
// have been idle longest are forgotten; they come back with a fresh limit.
const mostClients = 1 << 16

// clients are the clients that the mock has seen. A look-up takes no lock.
type clients struct {
	script *scenarios.Script
	locks  locks
	joined sync.Map // clients that present several credentials together, by their ids
	byAddr sync.Map // clients without credentials, by address
	count  atomic.Int64
	forget sync.Mutex
}

func newClients(script *scenarios.Script) *clients { return &clients{script: script} }

// open presents a request to all of some locks.
func (cs *clients) open(locks []*lock, r *http.Request, query string) (*client, verdict) {
	var who *client
	worst := admitted
	for _, l := range locks {
		presented, v := l.open(r, query)
		if v == admitted && presented != "" {
			var c *client
			if c, v = cs.identify(l, presented); c != nil {
				who = cs.join(who, c)
			}
		}
		if v == missing {
			return nil, missing
		}
		worst = max(worst, v)
	}
	return who, worst
}

// identify tells who presents a value to a lock.
func (cs *clients) identify(l *lock, presented string) (*client, verdict) {
	found, ok := l.known.Load(presented)
	if !ok {
		secret, ok := l.secret(presented)
		if !ok {
			return nil, malformed
		}
		credential := cs.script.Identify(l.scheme, secret)
		found = cs.store(&l.known, presented, &client{
			id:         digest(l.scheme.ID, presented),
			credential: credential,
			refused:    cs.refuses(credential, l.scheme),
		})
	}
	c := found.(*client)
	if c.refused {
		return c, refused
	}
	return c, admitted
}

// refuses tells whether a credential is not let in: the script's table says so,
// or the table knows the right ones of its scheme, and it is none of them.
func (cs *clients) refuses(c *scenarios.Credential, scheme *spec.SecurityScheme) bool {
	if c.Refused() || c.Name != scenarios.Invalid {
		return c.Refused()
	}
	_, known := cs.script.Credential(scenarios.Own).Secret(scheme)
	return known
}

// join makes one client of two credentials that are presented together.
func (cs *clients) join(a, b *client) *client {
	if a == nil {
		return b
	}
	both := a.id + b.id
	if c, ok := cs.joined.Load(both); ok {
		return c.(*client)
	}
	c := &client{id: digest(a.id, b.id), credential: a.credential, refused: a.refused || b.refused}
	if b.refused {
		c.credential = b.credential
	}
	return cs.store(&cs.joined, both, c)
}

// address returns the client that a request without credentials counts as.
func (cs *clients) address(r *http.Request) *client {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if c, ok := cs.byAddr.Load(host); ok {
		return c.(*client)
	}
	return cs.store(&cs.byAddr, host, &client{id: digest("", host), credential: cs.script.Credential(scenarios.None)})
}

func (cs *clients) store(in *sync.Map, key string, c *client) *client {
	// The key may be part of a larger string, a header line for one.
	found, loaded := in.LoadOrStore(string(append([]byte(nil), key...)), c)
	if !loaded && cs.count.Add(1) > mostClients {
		cs.sweep()
	}
	return found.(*client)
}

// sweep forgets the clients that have sent nothing in the newest window, and
// where that is none of them, all.
func (cs *clients) sweep() {
	if !cs.forget.TryLock() {
		return // somebody is at it
	}
	defer cs.forget.Unlock()
	newest := int64(0)
	each := func(do func(in *sync.Map, key any, c *client)) {
		for _, in := range append(cs.locks.known(), &cs.joined, &cs.byAddr) {
			in.Range(func(key, value any) bool {
				do(in, key, value.(*client))
				return true
			})
		}
	}
	each(func(_ *sync.Map, _ any, c *client) { newest = max(newest, c.window.end()) })
	drop := func(idle func(*client) bool) (dropped int64) {
		each(func(in *sync.Map, key any, c *client) {
			if idle(c) {
				in.Delete(key)
				dropped++
			}
		})
		return dropped
	}
	dropped := drop(func(c *client) bool { return c.window.end() < newest })
	if dropped == 0 {
		dropped = drop(func(*client) bool { return true })
	}
	cs.count.Add(-dropped)
}

// digest names a client without telling its secret.
func digest(scheme, presented string) string {
	sum := sha256.Sum256([]byte(scheme + "\x00" + presented))
	return hex.EncodeToString(sum[:16])
}
