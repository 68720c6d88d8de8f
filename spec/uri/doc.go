// Package uri holds texts to the grammars of URIs (RFC 3986), IRIs (RFC 3987) and
// URI templates (RFC 6570). Package net/url is made to read what is sent, not to
// judge it: a space, a brace or a stray percent sign does not disturb it.
package uri
