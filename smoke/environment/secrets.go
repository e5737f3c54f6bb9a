package environment

import (
	"os"
	"runtime"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// secretLimit is how long a secret may be, in bytes.
const secretLimit = 64 << 10

// secrets reads the secrets that the file names. One in a file that others can read is used, and noted.
func (l *loader) secrets() {
	for name, s := range l.file.Secrets {
		key := "secrets." + name
		if s.Env != "" {
			l.made.Secrets[name] = l.variable(key+".env", s.Env, "the secret")
			continue
		}
		path := l.at(s.File)
		info, err := os.Stat(path)
		if err != nil || info.IsDir() || info.Size() > secretLimit {
			l.mistake(key+".file", "%s: it is no file that holds a secret: mount it, or correct the path", path)
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			l.mistake(key+".file", "%v", err)
			continue
		}
		value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
		if value == "" {
			l.mistake(key+".file", "%s is empty", path)
		}
		if others := info.Mode().Perm() & 0o077; others != 0 && runtime.GOOS != "windows" {
			l.note("warning: the secret file %s can be read by others (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path)
		}
		l.made.Secrets[name] = value
	}
}

// Lookup returns a secret of the file, or else the variable of that name.
func (e *Environment) Lookup(lookupEnv func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := e.Secrets[name]; ok {
			return value, true
		}
		return lookupEnv(name)
	}
}

func remark(kind report.Kind, subject, text string) report.Remark {
	return report.Remark{Kind: kind, Subject: subject, Text: text}
}
