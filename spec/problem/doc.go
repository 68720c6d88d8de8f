// Package problem is the JSON form of RFC 9457, "Problem Details for HTTP APIs":
// a value to build, read and write it, and a catalogue of rules that an answer
// of that form is held to.
//
// Three ideas carry it:
//
//   - Reading is tolerant, as RFC 9457 §3.1 demands of consumers: a standard member
//     of the wrong type counts as absent, extension members are kept, and a problem
//     that is written again has its members in the order in which they came.
//   - Writing is strict: what [Problem.AppendJSON] returns without an error is valid
//     JSON in valid UTF-8, and [Write] sends nothing before that is sure.
//   - Checking is separate from reading. [Check] reports what [Parse] forgives, and
//     each of its [Rules] can be called by itself.
//
// The members code, param and errors are extensions in the RFC's sense. They are
// fields here because most APIs with problem details have them.
package problem

// MediaType is the media type of a problem in JSON (RFC 9457 §6.1).
const MediaType = "application/problem+json"

// Blank is the type of a problem that says no more than its HTTP status does
// (RFC 9457 §4.2.1), and the type of a problem without the member (§3.1.1).
const Blank = "about:blank"
