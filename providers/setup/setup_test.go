package setup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/setup"
)

// fake is a machine whose commands are shell scripts: PATH holds nothing else. Every call is written to a log.
type fake struct {
	t    *testing.T
	dir  string
	said []string
}

func newFake(t *testing.T, osRelease string, user int, commands map[string]string) (*fake, setup.Machine) {
	f := &fake{t: t, dir: t.TempDir()}
	bin := filepath.Join(f.dir, "bin")
	require.NoError(t, os.Mkdir(bin, 0o755))
	for name, script := range commands {
		f.command(name, script)
	}
	t.Setenv("PATH", bin)
	t.Setenv("DIR", f.dir)
	file := filepath.Join(f.dir, "os-release")
	require.NoError(t, os.WriteFile(file, []byte(osRelease), 0o644))
	return f, setup.Machine{
		Say:       func(what string) { f.said = append(f.said, what) },
		OSRelease: file, DockerLog: filepath.Join(f.dir, "dockerd.log"), User: func() int { return user },
	}
}

func (f *fake) command(name, script string) {
	text := "#!/bin/sh\necho \"" + name + " $*\" >>\"$DIR/calls\"\n" + script
	require.NoError(f.t, os.WriteFile(filepath.Join(f.dir, "bin", name), []byte(text), 0o755))
}

func (f *fake) calls() string {
	text, err := os.ReadFile(filepath.Join(f.dir, "calls"))
	if !os.IsNotExist(err) {
		require.NoError(f.t, err)
	}
	return string(text)
}

const (
	debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n"
	fedora = "ID=fedora\nID_LIKE=\"debian\"\n"
)

// down is a docker command without an engine until dockerd has run.
const down = `if [ -e "$DIR/up" ]; then echo 20.10.24; else echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi` + "\n"

func TestADockerThatAnswersIsLeftAlone(t *testing.T) {
	f, m := newFake(t, debian, 0, map[string]string{"docker": "echo 28.2.2\n"})
	version, err := m.Docker(t.Context())
	require.NoError(t, err)
	require.Equal(t, "28.2.2", version)
	require.Equal(t, "docker version --format {{.Server.Version}}\n", f.calls())
	require.Empty(t, f.said)
}

func TestDockerIsInstalledAndStartedOnDebianAsRoot(t *testing.T) {
	f, m := newFake(t, debian, 0, nil)
	f.command("apt-get", `case "$*" in
install*docker.io)
	printf '#!/bin/sh\n: >"$DIR/up"; echo started; exec /bin/sleep 2\n' >"$DIR/bin/dockerd"
	/bin/chmod 755 "$DIR/bin/dockerd" ;;
install*docker-cli)
	/bin/cp "$DIR/docker" "$DIR/bin/docker" ;;
esac
`)
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "docker"), []byte("#!/bin/sh\n"+down), 0o755))
	version, err := m.Docker(t.Context())
	require.NoError(t, err)
	require.Equal(t, "20.10.24", version)
	require.Equal(t, "apt-get update -q\napt-get install -q -y --no-install-recommends docker.io\n"+
		"apt-get update -q\napt-get install -q -y --no-install-recommends docker-cli\n", f.calls())
	require.Equal(t, []string{
		"installing docker.io with apt-get", "installing docker-cli with apt-get",
		"starting dockerd in the background, which prints to " + m.DockerLog,
	}, f.said)
	log, err := os.ReadFile(m.DockerLog)
	require.NoError(t, err)
	require.Equal(t, "started\n", string(log))
}

func TestDockerdThatExitsIsReportedWithItsLog(t *testing.T) {
	_, m := newFake(t, debian, 0, map[string]string{"docker": down, "dockerd": "echo 'failed to start daemon: no iptables'; exit 1\n"})
	began := time.Now()
	_, err := m.Docker(t.Context())
	require.ErrorContains(t, err, "dockerd ended (exit status 1); its log, "+m.DockerLog+", ends with: failed to start daemon: no iptables")
	require.Less(t, time.Since(began), 20*time.Second)
}

func TestAnywhereElseTheErrorSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		release string
		user    int
	}{"other system": {fedora, 0}, "other user": {debian, 1000}} {
		t.Run(name, func(t *testing.T) {
			f, m := newFake(t, c.release, c.user, map[string]string{"docker": down, "apt-get": "exit 1\n"})
			_, err := m.Docker(t.Context())
			require.ErrorContains(t, err, "no Docker engine answers (docker version")
			require.ErrorContains(t, err, "Cannot connect to the Docker daemon")
			require.ErrorContains(t, err, "install Docker (https://docs.docker.com/get-started/get-docker/)")
			require.NotContains(t, f.calls(), "apt-get")
		})
	}
}

func TestFailedPackageInstallIsReported(t *testing.T) {
	_, m := newFake(t, debian, 0, map[string]string{"apt-get": "echo 'E: Unable to locate package' >&2; exit 100\n"})
	_, err := m.Docker(t.Context())
	require.ErrorContains(t, err, "install Docker: apt-get update -q: exit status 100: E: Unable to locate package")
}

func TestACompilerIsNeeded(t *testing.T) {
	f, m := newFake(t, debian, 0, map[string]string{"apt-get": "printf '#!/bin/sh\\n' >\"$DIR/bin/gcc\"; /bin/chmod 755 \"$DIR/bin/gcc\"\n"})
	_, err := m.FindCompiler(t.Context())
	require.ErrorContains(t, err, "the C compiler gcc is not found")
	require.Empty(t, f.calls(), "nothing is installed by looking")
	path, err := m.Compiler(t.Context())
	require.NoError(t, err)
	require.Equal(t, filepath.Join(f.dir, "bin", "gcc"), path)
	require.Contains(t, f.calls(), "gcc libc6-dev")
	_, m = newFake(t, fedora, 0, nil)
	_, err = m.Compiler(t.Context())
	require.ErrorContains(t, err, "the C compiler gcc is not found")
	f, m = newFake(t, debian, 0, map[string]string{"go": "echo clang -m64\n", "clang": ""})
	path, err = m.Compiler(t.Context())
	require.NoError(t, err)
	require.Equal(t, filepath.Join(f.dir, "bin", "clang"), path)
	require.Equal(t, "go env CC\n", f.calls())
}

func TestCgoIsNeeded(t *testing.T) {
	_, m := newFake(t, debian, 0, map[string]string{"go": "echo go1.26.0; echo 1\n"})
	version, err := m.FindCgo(t.Context())
	require.NoError(t, err)
	require.Equal(t, "go1.26.0", version)
	_, m = newFake(t, debian, 0, map[string]string{"go": "echo go1.26.0; echo 0\n"})
	_, err = m.FindCgo(t.Context())
	require.ErrorContains(t, err, "export CGO_ENABLED=1")
	_, m = newFake(t, debian, 0, nil)
	_, err = m.FindCgo(t.Context())
	require.ErrorContains(t, err, "install Go")
}

func TestLookingForAnImageOrAnEnginePullsAndStartsNothing(t *testing.T) {
	f, m := newFake(t, debian, 0, map[string]string{"docker": engine, "dockerd": "", "apt-get": ""})
	for _, file := range []string{"images", "registry"} {
		require.NoError(t, os.WriteFile(filepath.Join(f.dir, file), []byte(setup.Redis.Official+"\n"), 0o644))
	}
	name, err := m.FindImage(t.Context(), setup.Redis, "")
	require.NoError(t, err)
	require.Equal(t, setup.Redis.Official, name)
	_, err = m.FindImage(t.Context(), setup.Postgres, "")
	require.ErrorContains(t, err, "docker pull "+setup.Postgres.Official+", or set FRIDAYGATE_IMAGE_POSTGRES")
	_, err = m.FindImage(t.Context(), setup.Redis, "redis:mine")
	require.ErrorContains(t, err, "FRIDAYGATE_IMAGE_REDIS=redis:mine: the image is not on this machine")
	f.command("docker", down)
	_, err = m.FindDocker(t.Context())
	require.ErrorContains(t, err, "no Docker engine answers")
	require.NotContains(t, f.calls(), "pull")
	require.NotContains(t, f.calls(), "apt-get")
	require.NotContains(t, f.calls(), "dockerd")
}

// engine is a docker command that has the images listed in the file "images", and pulls those in "registry".
const engine = `name=
for name; do :; done
case "$1" in
image) /bin/grep -qx "$name" "$DIR/images" ;;
pull) /bin/grep -qx "$name" "$DIR/registry" && echo "$name" >>"$DIR/images" || { echo 'no such host' >&2; exit 1; } ;;
import) echo "$3" >>"$DIR/images" ;;
build) echo "$4" >>"$DIR/images" ;;
esac
`

func provide(t *testing.T, present, registry, release, chosen string) (f *fake, name, how string, err error) {
	f, m := newFake(t, release, 0, map[string]string{"docker": engine, "mmdebstrap": ""})
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "images"), []byte(present), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "registry"), []byte(registry), 0o644))
	name, how, err = m.Provide(t.Context(), setup.Redis, chosen)
	return f, name, how, err
}

func TestWhichImageIsProvided(t *testing.T) {
	official, local := setup.Redis.Official, setup.Redis.Local
	for name, c := range map[string]struct {
		present, registry, chosen string
		image, how                string
	}{
		"official present":  {official + "\n" + local + "\n", "", "", official, "present"},
		"local present":     {local + "\n", official + "\n", "", local, "present"},
		"pulled":            {"", official + "\n", "", official, "pulled"},
		"built":             {"", "", "", local, "built from Debian's packages"},
		"chosen present":    {official + "\nredis:mine\n", "", "redis:mine", "redis:mine", "present"},
		"chosen and pulled": {official + "\n", "redis:mine\n", "redis:mine", "redis:mine", "pulled"},
	} {
		t.Run(name, func(t *testing.T) {
			f, image, how, err := provide(t, c.present, c.registry, debian, c.chosen)
			require.NoError(t, err)
			require.Equal(t, c.image, image)
			require.Equal(t, c.how, how)
			require.Equal(t, how == "built from Debian's packages", strings.Contains(f.calls(), "mmdebstrap"))
		})
	}
}

func TestUnavailableImageIsReported(t *testing.T) {
	_, _, _, err := provide(t, "", "", fedora, "")
	require.ErrorContains(t, err,
		"the image redis:7-alpine cannot be pulled (docker pull --quiet redis:7-alpine: exit status 1: no such host)")
	require.ErrorContains(t, err, "FRIDAYGATE_IMAGE_REDIS")
	_, _, _, err = provide(t, setup.Redis.Official+"\n", "", debian, "redis:mine")
	require.ErrorContains(t, err, "FRIDAYGATE_IMAGE_REDIS=redis:mine: the image is not on this machine, and cannot be pulled")
}

func TestAnImageThatCannotBeBuiltIsNamedByItsVariable(t *testing.T) {
	f, m := newFake(t, debian, 0, map[string]string{"docker": engine, "mmdebstrap": ""})
	for _, file := range []string{"images", "registry"} {
		require.NoError(t, os.WriteFile(filepath.Join(f.dir, file), nil, 0o644))
	}
	_, _, err := m.Provide(t.Context(), setup.PactBroker, "")
	require.ErrorContains(t, err, "the image "+setup.PactBroker.Official+" is not on this machine, and cannot be pulled: ")
	require.ErrorContains(t, err, "set FRIDAYGATE_IMAGE_PACT_BROKER to an image that this machine has, or can pull")
	require.NotContains(t, f.calls(), "mmdebstrap")
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "images"), []byte("broker:mine\n"), 0o644))
	name, how, err := m.Provide(t.Context(), setup.PactBroker, "broker:mine")
	require.NoError(t, err)
	require.Equal(t, []string{"broker:mine", "present"}, []string{name, how})
}
