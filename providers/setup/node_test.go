package setup_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNodeThatIsNewEnoughIsLeftAlone(t *testing.T) {
	f, m := newFake(t, debian, 0, map[string]string{"node": "echo v22.1.0\n", "npm": ""})
	version, err := m.Node(t.Context())
	require.NoError(t, err)
	require.Equal(t, "22.1.0", version)
	require.Equal(t, "node --version\n", f.calls())
}

func TestNodeIsInstalledOnDebianAsRoot(t *testing.T) {
	// Debian 12 has Node.js 18, and npm brings a later one.
	f, m := newFake(t, debian, 0, nil)
	f.command("apt-get", `case "$*" in
install*)
	printf '#!/bin/sh\necho v18.20.4\n' >"$DIR/bin/node"
	printf '#!/bin/sh\necho "npm $*" >>"$DIR/calls"\nprintf "#!/bin/sh\\necho v20.20.2\\n" >"$DIR/bin/node"\n' >"$DIR/bin/npm"
	/bin/chmod 755 "$DIR/bin/node" "$DIR/bin/npm" ;;
esac
`)
	version, err := m.Node(t.Context())
	require.NoError(t, err)
	require.Equal(t, "20.20.2", version)
	require.Equal(t, "apt-get update -q\napt-get install -q -y --no-install-recommends nodejs npm\nnpm install --global node@20\n", f.calls())
	require.Equal(t, []string{"installing nodejs npm with apt-get", "installing Node.js 20 with npm, as Debian's is older"}, f.said)
}

func TestMissingOrOldNodeSaysWhatToType(t *testing.T) {
	for name, commands := range map[string]map[string]string{
		"none":        {},
		"without npm": {"node": "echo v22.1.0\n"},
		"old":         {"node": "echo v18.20.4\n", "npm": "exit 1\n"},
		"no version":  {"node": "echo hello\n", "npm": "exit 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := newFake(t, fedora, 0, commands)
			_, err := m.Node(t.Context())
			require.ErrorContains(t, err, "Node.js 20 or later")
			require.ErrorContains(t, err, "type: npm install --global node@20")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}
