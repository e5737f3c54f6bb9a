// Package vendors holds signatures of package sign against the libraries that vendors give to receivers. It has
// tests alone, in a module of its own, so that nobody who builds Fridaygate needs those libraries.
package vendors
