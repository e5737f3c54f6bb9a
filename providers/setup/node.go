package setup

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// nodeMajor is the oldest Node.js that runs the vendors' libraries of smoke/senders/vendors/node.
const nodeMajor = 20

// FindNode returns the version of the Node.js on this machine: 20 or later, with npm beside it. It installs nothing. Only this
// repository's own tests need Node.js.
func (m Machine) FindNode(ctx context.Context) (version string, err error) {
	version, err = nodeVersion(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w for the tests of vendors' npm libraries: install Node.js (https://nodejs.org/en/download); "+
			"where npm is there, type: npm install --global node@%d", err, nodeMajor)
	}
	return version, err
}

// Node returns what FindNode does. On Debian, as root, it installs Node.js and npm if need be.
func (m Machine) Node(ctx context.Context) (version string, err error) {
	if version, err = m.FindNode(ctx); err == nil || ctx.Err() != nil || !m.installs() {
		return version, err
	}
	if missing("node") || missing("npm") {
		if err := m.aptInstall(ctx, "nodejs", "npm"); err != nil {
			return "", fmt.Errorf("install Node.js: %w", err)
		}
	}
	if version, err := nodeVersion(ctx); err == nil {
		return version, nil
	}
	m.say("installing Node.js %d with npm, as Debian's is older", nodeMajor)
	if _, err := run(ctx, "npm", "install", "--global", fmt.Sprintf("node@%d", nodeMajor)); err != nil {
		return "", fmt.Errorf("install Node.js: %w", err)
	}
	return nodeVersion(ctx)
}

// nodeVersion asks node for its version, which is like v20.20.2.
func nodeVersion(ctx context.Context) (string, error) {
	if missing("node") || missing("npm") {
		return "", fmt.Errorf("node and npm are not both found, and Node.js %d or later is needed", nodeMajor)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	said, err := run(ctx, "node", "--version")
	if err != nil {
		return "", err
	}
	version := strings.TrimPrefix(said, "v")
	digits, _, _ := strings.Cut(version, ".")
	if major, err := strconv.Atoi(digits); err != nil || major < nodeMajor {
		return "", fmt.Errorf("node --version prints %q, and Node.js %d or later is needed", said, nodeMajor)
	}
	return version, nil
}
