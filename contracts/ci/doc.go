// Package ci finds out which version of which branch a build builds, and where its log is: from the variables of CI
// systems, or else from git. It reads no environment by itself, and changes nothing.
package ci
