// Package browser tests the page of package page in Chromium. It has no code beside its tests, so that what drives the browser is in
// no program.
package browser
