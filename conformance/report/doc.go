// Package report writes what was found in the forms that people and their tools
// read: the terminal, JSON, SARIF, GitHub's annotations, JUnit and HTML.
//
// It knows results and findings, and nothing of how they came about.
package report
