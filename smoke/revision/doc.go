// Package revision finds out which revision of a service answers, and with which settings, on every replica that can be told
// apart. It compares texts and knows nothing of version control.
package revision
