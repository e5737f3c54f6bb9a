package timeline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// first is what next does, the slow way.
func first(needles []needle, line []byte, from int) (found, at int) {
	for at := from; at < len(line); at++ {
		best := -1
		for i, n := range needles {
			if bytes.HasPrefix(line[at:], n.text) && (best < 0 || len(n.text) > len(needles[best].text)) {
				best = i
			}
		}
		if best >= 0 {
			return best, at
		}
	}
	return -1, 0
}

func TestMatcherFindsWhatASimpleSearchFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(most int) []byte {
		b := make([]byte, 1+random.IntN(most))
		for i := range b {
			b[i] = "ab-1"[random.IntN(4)]
		}
		return b
	}
	found := 0
	for range 4_000 {
		needles := make([]needle, 1+random.IntN(5))
		for i := range needles {
			needles[i] = needle{text(7), i}
		}
		line := text(60)
		from := random.IntN(len(line))
		wantNeedle, wantAt := first(needles, line, from)
		gotNeedle, gotAt := newMatcher(needles).next(line, from)
		require.Equal(t, [2]int{wantNeedle, wantAt}, [2]int{gotNeedle, gotAt}, "%s in %s from %d", fmt.Sprint(needles), line, from)
		if wantNeedle >= 0 {
			found++
		}
	}
	require.Greater(t, found, 1000)
}

func TestIDCountsWholeAndInEveryForm(t *testing.T) {
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, c := range []struct {
		kind     IDKind
		id, line string
		found    bool
	}{
		{EventID, "evt_1", `{"id":"evt_1"}`, true},
		{EventID, "evt_1", `evt_1`, true},
		{EventID, "evt_1", `{"id":"evt_12"}`, false},
		{EventID, "evt_1", `{"id":"old-evt_1"}`, false},
		{EventID, "evt_1", `{"id":"evt_1-2"}`, false},
		{EventID, "evt_1", `published:invoices:evt_1:17`, true},
		{EventID, "evt_1", `{"log":"{\"id\":\"evt_1\"}\n"}`, true},
		{EventID, "evt_1", `{"log":"event:\nevt_1\n"}`, true},
		{EventID, "evt_1", `GET /seen?id=events%2Fevt_1`, true},
		{EventID, "evt_1", `{"id":"\u0022evt_1\u0022"}`, true},
		{EventID, "a/1&2", `GET /events/a%2F1&2`, true},
		{EventID, "a/1&2", `{"id":"a/1\u00262"}`, true},
		{EventID, "a/1", `{"id":"a\/1"}`, true},
		{EventID, "7C1F6A52-3A0E-4F5E-8A0C-2B9D4E1F6A52", `{"id":"7c1f6a52-3a0e-4f5e-8a0c-2b9d4e1f6a52"}`, true},
		{TraceID, trace, `{"traceparent":"00-` + trace + `-00f067aa0ba902b7-01"}`, true},
		{TraceID, trace, `{"trace":"projects/p/traces/` + trace + `"}`, true},
		{TraceID, trace, `{"trace_id":"4BF92F3577B34DA6A3CE929D0E0E4736"}`, true},
		{TraceID, trace, `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=1`, true},
		{TraceID, trace, `{"dd.trace_id":"11803532876627986230"}`, true},
		{TraceID, trace, `{"sha":"a` + trace + `"}`, false},
		{TraceID, "a3ce929d0e0e4736", `{"traceId":"0000000000000000a3ce929d0e0e4736"}`, true},
		{RequestID, "req_ABC", `{"request_id":"req_ABCD"}`, false},
	} {
		var all ids
		all.add(ID{Kind: c.kind, Value: c.id})
		require.Equal(t, c.found, len(newSearch(&all, 0).match([]byte(c.line))) > 0, "%s in %s", c.id, c.line)
	}
}

func TestTraceIDsAreReadInEveryForm(t *testing.T) {
	for value, want := range map[string]string{
		"4bf92f3577b34da6a3ce929d0e0e4736":                        "4bf92f3577b34da6a3ce929d0e0e4736",
		"4BF92F3577B34DA6A3CE929D0E0E4736":                        "4bf92f3577b34da6a3ce929d0e0e4736",
		"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": "4bf92f3577b34da6a3ce929d0e0e4736",
		"projects/shop/traces/4bf92f3577b34da6a3ce929d0e0e4736":   "4bf92f3577b34da6a3ce929d0e0e4736",
		"Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=1":      "4bf92f3577b34da6a3ce929d0e0e4736",
		"4bf92f35-77b3-4da6-a3ce-929d0e0e4736":                    "4bf92f3577b34da6a3ce929d0e0e4736",
		"11803532876627986230":                                    "a3ce929d0e0e4736",
		"a3ce929d0e0e4736":                                        "a3ce929d0e0e4736",
		"00000000000000000000000000000000":                        "",
		"payment trace":                                           "",
		"":                                                        "",
	} {
		require.Equal(t, want, traceOf(value), value)
	}
}

// How much the number of ids costs, on lines that hold none of them.
func BenchmarkMatcher(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	line := fmt.Appendf(nil, `{"time":"2026-03-06T17:04:05.12Z","level":"INFO","msg":"delivery taken","request_id":"req_%016X",`+
		`"event_id":"evt_%x","trace_id":"%016x%016x","customer":"cus_0001"}`, random.Uint64(), random.Uint64(), random.Uint64(), random.Uint64())
	for _, traces := range []int{1, 20, 500} {
		b.Run(fmt.Sprint(traces), func(b *testing.B) {
			var all ids
			for range traces {
				all.add(ID{Kind: TraceID, Value: fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())})
			}
			s := newSearch(&all, 0)
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				s.match(line)
			}
		})
	}
}
