package pact

/*
#cgo LDFLAGS: -L/usr/local/lib -Wl,-rpath,/usr/local/lib -lpact_ffi
#include <stdlib.h>

// The part of libpact_ffi's interface that is used here; see pact.h of pact-foundation/pact-reference.
typedef struct VerifierHandle VerifierHandle;
VerifierHandle *pactffi_verifier_new_for_application(const char *name, const char *version);
void pactffi_verifier_shutdown(VerifierHandle *handle);
void pactffi_verifier_set_provider_info(VerifierHandle *handle, const char *name, const char *scheme, const char *host, unsigned short port, const char *path);
void pactffi_verifier_add_provider_transport(VerifierHandle *handle, const char *protocol, unsigned short port, const char *path, const char *scheme);
void pactffi_verifier_set_provider_state(VerifierHandle *handle, const char *url, unsigned char teardown, unsigned char body);
int pactffi_verifier_set_verification_options(VerifierHandle *handle, unsigned char disable_ssl_verification, unsigned long request_timeout);
int pactffi_verifier_set_coloured_output(VerifierHandle *handle, unsigned char coloured_output);
int pactffi_verifier_set_no_pacts_is_error(VerifierHandle *handle, unsigned char is_error);
void pactffi_verifier_set_follow_redirects(VerifierHandle *handle, unsigned char follow);
void pactffi_verifier_add_file_source(VerifierHandle *handle, const char *file);
int pactffi_verifier_execute(VerifierHandle *handle);
const char *pactffi_verifier_json(const VerifierHandle *handle);
const char *pactffi_verifier_logs(const VerifierHandle *handle);
void pactffi_string_delete(char *string);
int pactffi_log_to_buffer(int level);
const char *pactffi_version(void);

// The library reports every run to its makers unless this is set.
static void no_tracking(void) { setenv("PACT_DO_NOT_TRACK", "true", 1); }
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
	"unsafe"

	"github.com/fridaygate/fridaygate/contracts/pact/ffi"
)

// Version is the version of the libpact_ffi that is loaded.
func Version() string { return C.GoString(C.pactffi_version()) }

const logErrors = 1 // libpact_ffi's LevelFilter

// prepare sets up the library once a process. The log goes to memory; if something else in the process has
// set up the log before, that stays.
var prepare = sync.OnceFunc(func() {
	C.no_tracking()
	C.pactffi_log_to_buffer(logErrors)
})

// nativeRun is one run of the library's verifier.
type nativeRun struct {
	provider string
	files    []string
	http     net.Addr // where the provider's interactions are sent
	messages string   // URL path and address of the message server
	msgAddr  net.Addr
	states   string        // URL of the state server
	timeout  time.Duration // of every request that the verifier makes
}

// nativeResult is what pactffi_verifier_json gives, as far as it is used.
type nativeResult struct {
	Errors  []nativeError `json:"errors"`
	Results []struct {
		Description string `json:"description"`
		Result      string `json:"result"` // "OK" or "Error"
	} `json:"interactionResults"`
	logs string
}

type nativeError struct {
	Interaction string `json:"interaction"`
	Mismatch    struct {
		Type       string           `json:"type"` // "mismatches" or "error"
		Message    string           `json:"message"`
		Mismatches []nativeMismatch `json:"mismatches"`
	} `json:"mismatch"`
}

type nativeMismatch struct {
	Type     string          `json:"type"`
	Path     string          `json:"path"`
	Key      string          `json:"key"`
	Expected json.RawMessage `json:"expected"`
	Actual   json.RawMessage `json:"actual"`
	Mismatch string          `json:"mismatch"`
}

// execute runs the verifier to its end. It blocks; other goroutines go on. It is safe to run several at once.
func (n nativeRun) execute() (*nativeResult, error) {
	pinned, err := ffi.Pinned()
	if err != nil {
		return nil, err
	}
	if loaded := Version(); loaded != pinned.Version {
		return nil, fmt.Errorf("libpact_ffi %s is loaded, and this verification is made for %s: run: fridaygate setup --only library", loaded, pinned.Version)
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
	h := C.pactffi_verifier_new_for_application(str("fridaygate"), str("1"))
	if h == nil {
		return nil, errors.New("libpact_ffi gives no verifier")
	}
	defer C.pactffi_verifier_shutdown(h)

	C.pactffi_verifier_set_provider_info(h, str(n.provider), str("http"), str("127.0.0.1"), port(n.http), str("/"))
	C.pactffi_verifier_add_provider_transport(h, str("message"), port(n.msgAddr), str(n.messages), str("http"))
	C.pactffi_verifier_set_provider_state(h, str(n.states), 1, 1)
	C.pactffi_verifier_set_verification_options(h, 0, C.ulong(n.timeout.Milliseconds()))
	C.pactffi_verifier_set_coloured_output(h, 0)
	C.pactffi_verifier_set_no_pacts_is_error(h, 1)
	C.pactffi_verifier_set_follow_redirects(h, 0)
	for _, file := range n.files {
		C.pactffi_verifier_add_file_source(h, str(file))
	}

	code := C.pactffi_verifier_execute(h)
	logs := take(C.pactffi_verifier_logs(h))
	if code != 0 && code != 1 {
		return nil, fmt.Errorf("libpact_ffi could not run the verification (code %d): %s", int(code), logs)
	}
	result := nativeResult{logs: logs}
	if err := json.Unmarshal([]byte(take(C.pactffi_verifier_json(h))), &result); err != nil {
		return nil, fmt.Errorf("read libpact_ffi's results: %w", err)
	}
	return &result, nil
}

// take copies a string of the library's and gives the memory back to it.
func take(s *C.char) string {
	if s == nil {
		return ""
	}
	defer C.pactffi_string_delete(s)
	return C.GoString(s)
}

func port(a net.Addr) C.ushort { return C.ushort(a.(*net.TCPAddr).Port) }
