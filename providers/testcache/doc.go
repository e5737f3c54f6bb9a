// Package testcache keeps go test from reusing a result that depends on more than go test can see.
//
// go test prints "ok (cached)" when neither the test binary, nor the variables and the files of the module that the
// test used have changed. It cannot see a service that the test started, an answer from the network, or a file outside
// the module: after a change of those, the cached result may no longer be true. Go has no API to say so
// (https://go.dev/issue/23799).
package testcache
