// Package page writes a report as one HTML page that loads nothing from elsewhere: the verdict and the counts, a matrix of what
// was checked, and for each check that did not pass what was expected and seen, a timeline of its deliveries, and the
// commands that show it again. The page can be read without JavaScript, which adds a filter alone.
//
// It also writes the timeline of one event, drawn in the same way.
//
// A page is a function of its report: the same report gives the same bytes. What receivers answered is text in it, never markup.
package page
