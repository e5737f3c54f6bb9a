//go:build unix

package pact

/*
// libpact_ffi is opened when a verification begins and not linked: where it is missing, a sentence says so, and not the
// linker or the loader. It is the caller's to open it first.
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// open_library returns NULL, or why it cannot be opened; the caller frees that. Both in one call, as the error is the thread's.
static char *open_library(const char *name) { return dlopen(name, RTLD_NOW | RTLD_GLOBAL) ? NULL : strdup(dlerror()); }

// FUNCTION declares call_NAME for pactffi_NAME: see pact.h of pact-foundation/pact-reference.
#define FUNCTION(result, name, parameters, arguments) \
	static result call_##name parameters { return ((result (*) parameters) dlsym(RTLD_DEFAULT, "pactffi_" #name)) arguments; }

typedef struct VerifierHandle VerifierHandle;
FUNCTION(VerifierHandle *, verifier_new_for_application, (const char *name, const char *version), (name, version))
FUNCTION(void, verifier_shutdown, (VerifierHandle *h), (h))
FUNCTION(void, verifier_set_provider_info,
	(VerifierHandle *h, const char *name, const char *scheme, const char *host, unsigned short port, const char *path),
	(h, name, scheme, host, port, path))
FUNCTION(void, verifier_add_provider_transport,
	(VerifierHandle *h, const char *protocol, unsigned short port, const char *path, const char *scheme),
	(h, protocol, port, path, scheme))
FUNCTION(void, verifier_set_provider_state, (VerifierHandle *h, const char *url, unsigned char teardown, unsigned char body),
	(h, url, teardown, body))
FUNCTION(int, verifier_set_verification_options, (VerifierHandle *h, unsigned char disable_ssl_verification, unsigned long request_timeout),
	(h, disable_ssl_verification, request_timeout))
FUNCTION(int, verifier_set_coloured_output, (VerifierHandle *h, unsigned char coloured_output), (h, coloured_output))
FUNCTION(int, verifier_set_no_pacts_is_error, (VerifierHandle *h, unsigned char is_error), (h, is_error))
FUNCTION(void, verifier_set_follow_redirects, (VerifierHandle *h, unsigned char follow), (h, follow))
FUNCTION(void, verifier_add_file_source, (VerifierHandle *h, const char *file), (h, file))
FUNCTION(int, verifier_execute, (VerifierHandle *h), (h))
FUNCTION(const char *, verifier_json, (const VerifierHandle *h), (h))
FUNCTION(const char *, verifier_logs, (const VerifierHandle *h), (h))
FUNCTION(void, string_delete, (char *string), (string))
FUNCTION(int, log_to_buffer, (int level), (level))
FUNCTION(const char *, version, (void), ())

// The library reports every run to its makers unless this is set.
static void no_tracking(void) { setenv("PACT_DO_NOT_TRACK", "true", 1); }
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"unsafe"

	"github.com/fridaygate/fridaygate/contracts/pact/ffi"
	"github.com/fridaygate/fridaygate/contracts/pact/verification"
)

// version returns the version of the libpact_ffi that is loaded.
func version() string { return C.GoString(C.call_version()) }

// install is the command that puts the pinned libpact_ffi where it is found.
const install = "go run github.com/fridaygate/fridaygate/cmd/fridaygate@latest setup --only library"

// load opens libpact_ffi, once a process.
var load = sync.OnceValue(func() error {
	pinned, err := ffi.Pinned()
	if err != nil {
		return err
	}
	if err := open(pinned.Files()); err != nil {
		return err
	}
	if loaded := version(); loaded != pinned.Version {
		return fmt.Errorf("libpact_ffi %s is loaded, and this verification is made for %s: run: %s", loaded, pinned.Version, install)
	}
	return nil
})

// open opens the first library of these names that there is: one that is loaded already, or a file.
func open(names []string) error {
	var failed []string
	for _, name := range names {
		c := C.CString(name)
		why := C.open_library(c)
		C.free(unsafe.Pointer(c))
		if why == nil {
			return nil
		}
		failed = append(failed, C.GoString(why))
		C.free(unsafe.Pointer(why))
	}
	return fmt.Errorf("libpact_ffi is not installed, and pacts cannot be verified without it: run: %s\n(%s)",
		install, strings.Join(failed, "; "))
}

const logErrors = 1 // libpact_ffi's LevelFilter

// prepare sets up the library once a process. The log goes to memory; if something else in the process has
// set up the log before, that stays.
var prepare = sync.OnceFunc(func() {
	C.no_tracking()
	C.call_log_to_buffer(logErrors)
})

// execute runs the verifier to its end. It blocks; other goroutines go on. It is safe to run several at once.
func execute(n verification.NativeRun) (*verification.NativeResult, error) {
	if err := load(); err != nil {
		return nil, err
	}
	prepare()
	var owned []unsafe.Pointer
	defer func() {
		for _, p := range owned {
			C.free(p)
		}
	}()
	str := func(s string) *C.char {
		c := C.CString(s)
		owned = append(owned, unsafe.Pointer(c))
		return c
	}
	h := C.call_verifier_new_for_application(str("fridaygate"), str("1"))
	if h == nil {
		return nil, errors.New("libpact_ffi returns no verifier")
	}
	defer C.call_verifier_shutdown(h)

	C.call_verifier_set_provider_info(h, str(n.Provider), str("http"), str("127.0.0.1"), port(n.HTTP), str("/"))
	C.call_verifier_add_provider_transport(h, str("message"), port(n.MsgAddr), str(n.Messages), str("http"))
	C.call_verifier_set_provider_state(h, str(n.States), 1, 1)
	C.call_verifier_set_verification_options(h, 0, C.ulong(n.Timeout.Milliseconds()))
	C.call_verifier_set_coloured_output(h, 0)
	C.call_verifier_set_no_pacts_is_error(h, 1)
	C.call_verifier_set_follow_redirects(h, 0)
	for _, file := range n.Files {
		C.call_verifier_add_file_source(h, str(file))
	}

	code := C.call_verifier_execute(h)
	logs := take(C.call_verifier_logs(h))
	if code != 0 && code != 1 {
		return nil, fmt.Errorf("libpact_ffi could not run the verification (code %d): %s", int(code), logs)
	}
	result := verification.NativeResult{Logs: logs}
	if err := json.Unmarshal([]byte(take(C.call_verifier_json(h))), &result); err != nil {
		return nil, fmt.Errorf("read libpact_ffi's results: %w", err)
	}
	return &result, nil
}

// take copies a string of the library's and frees the library's own.
func take(s *C.char) string {
	if s == nil {
		return ""
	}
	defer C.call_string_delete(s)
	return C.GoString(s)
}

func port(a net.Addr) C.ushort { return C.ushort(a.(*net.TCPAddr).Port) }
