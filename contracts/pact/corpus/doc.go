// Package corpus reads situations of provider verification, each with the verdict that is right for it, and plays their
// provider: it answers byte for byte. It verifies nothing. Only tests import it.
package corpus
