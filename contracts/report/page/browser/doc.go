// Package browser tests the page of package page in Chromium. It is a module of its own, so that what drives the browser is no
// dependency of the command. It has no code beside its tests.
package browser
