package receivers_test

import (
	"flag"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

var races = flag.Int("receivers.races", 2, "how often each case tries to catch check-then-insert")

// Deliveries one after the other cannot show a race, whatever its window; copies at the same time do.
func TestRacesShowOnlyUnderConcurrentCopies(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	for _, window := range []time.Duration{time.Millisecond, 100 * time.Microsecond} {
		for _, name := range []string{"dup-seq", "dup-concurrent-2", "dup-concurrent-8", "dup-lastbyte"} {
			var caught, missed atomic.Int64
			var all errgroup.Group
			all.SetLimit(*atATime)
			for i := range *races {
				all.Go(func() error {
					r := run(t, receivers.CheckThenInsertFor(window).Start(secret), paid(folder), fmt.Sprint(t.Name(), window, name, i), name)
					switch r.Verdict() {
					case verdict.Fail:
						caught.Add(1)
					case verdict.Pass:
						missed.Add(1)
					}
					return nil
				})
			}
			require.NoError(t, all.Wait())
			t.Logf("window %6s  %-16s  caught in %d of %d runs", window, name, caught.Load(), *races)
			require.EqualValues(t, *races, caught.Load()+missed.Load(), "every run could tell")
			if name == "dup-seq" {
				require.Zero(t, caught.Load())
			} else {
				require.NotZero(t, caught.Load(), name)
			}
		}
	}
}
