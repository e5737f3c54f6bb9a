// Package compat compares two versions of a JSON Schema: is every document that one accepts accepted by the other?
//
// There are three verdicts. Pass is proved. Fail has, for every break, a document that the validators of the two versions
// judge differently, which was checked before it is reported. Unknown is all else, with the keywords that are the cause. A
// change is described by who it breaks: those who still send documents of the old version, or those who still read
// with it.
//
// What is compared is which documents are accepted. A change of default, title or description changes no document's
// validity, and is no break. Package witness has the search and the proof; this package knows nothing of git.
package compat
