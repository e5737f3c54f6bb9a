// Package vendors checks signatures of package sign with the libraries that vendors publish for receivers. It has only
// tests, in a separate module, so that building Fridaygate does not need those libraries.
package vendors
