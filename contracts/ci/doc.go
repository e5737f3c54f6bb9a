// Package ci detects a build's version, branch and URL: from the variables of CI systems, or else from git. Its caller passes
// the environment. It changes nothing.
package ci
