package receivers

import (
	"errors"
	"sync"
	"time"
)

// database is what a receiver stores. Every method is one transaction.
type database struct {
	mu       sync.Mutex
	rows     map[string]*row
	effects  map[account]int    // the journal: invoices charged. No key stops an event from being charged twice.
	invoices map[account]string // the status of each
	sequence int
	claimed  []string                      // the keys of the rows, oldest first
	capacity int                           // how many rows there may be; 0: any number
	state    func(now, next string) string // an invoice's status after an event, which may have come late
}

// row is the record of a key: claimed first, and then done.
type row struct {
	key         string
	fingerprint string
	until       time.Time // the end of the claim's lease, or of keeping the result
	done        bool
	answer      reply
	changed     chan struct{} // closed once it is done
}

// account is what belongs to one tenant: an event, or an invoice, by its id.
type account struct{ tenant, id string }

// errLost means that another process took the claim over after its lease ended.
var errLost = errors.New("the claim is lost")

func newDatabase(capacity int, state func(now, next string) string) *database {
	return &database{rows: map[string]*row{}, effects: map[account]int{}, invoices: map[account]string{}, capacity: capacity, state: state}
}

// claim inserts a row for d's key that holds until now+lease, unless there is a valid one; then it returns that.
func (db *database) claim(d *delivery, now time.Time, lease time.Duration) (mine *row, known row) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if r, ok := db.rows[d.key]; ok && r.until.After(now) {
		return nil, *r
	}
	mine = &row{key: d.key, fingerprint: d.fingerprint, until: now.Add(lease), changed: make(chan struct{})}
	db.rows[d.key] = mine
	db.claimed = append(db.claimed, d.key)
	if db.capacity > 0 && len(db.claimed) > db.capacity {
		delete(db.rows, db.claimed[0])
		db.claimed = db.claimed[1:]
	}
	return mine, row{}
}

// find returns the row of a key.
func (db *database) find(key string, now time.Time) (found row, ok bool) {
	db.mu.Lock()
	defer db.mu.Unlock()
	r, ok := db.rows[key]
	if !ok || !r.until.After(now) {
		return row{}, false
	}
	return *r, true
}

// insert records the answer to d, unless there is a row for d's key that holds.
func (db *database) insert(d *delivery, answer reply, now time.Time, keep time.Duration) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	if r, ok := db.rows[d.key]; ok && r.until.After(now) {
		return false
	}
	r := &row{key: d.key, fingerprint: d.fingerprint, changed: make(chan struct{})}
	db.recorded(r, answer, now.Add(keep))
	return true
}

// commit charges the event and records the result, both or neither: neither when the claim is lost.
func (db *database) commit(d *delivery, mine *row, until time.Time) (reply, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.rows[mine.key] != mine {
		return reply{}, errLost
	}
	return db.recorded(mine, db.charged(d), until), nil
}

// charge has the effect of d, and returns the result.
func (db *database) charge(d *delivery) reply {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.charged(d)
}

// result makes a result without the effect.
func (db *database) result(d *delivery) reply {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.made(d)
}

// record stores an answer under a claim, also if another process has taken it over.
func (db *database) record(mine *row, answer reply, until time.Time) reply {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.recorded(mine, answer, until)
}

// count returns how often an event had its effect, and whether it was ever taken.
func (db *database) count(a account) (n int, known bool) {
	db.mu.Lock()
	defer db.mu.Unlock()
	n, known = db.effects[a]
	return n, known
}

// statusOf returns an invoice's status, or "" if there is none.
func (db *database) statusOf(invoice account) string {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.invoices[invoice]
}

// forget drops the rows. The effects stay: what was charged is charged.
func (db *database) forget() {
	db.mu.Lock()
	defer db.mu.Unlock()
	clear(db.rows)
}

func (db *database) charged(d *delivery) reply {
	if d.event.ignored {
		db.effects[d.account()] += 0 // taken, without an effect
		return db.made(d)
	}
	db.effects[d.account()]++
	answer := db.made(d)
	db.invoices[d.invoice()] = db.status(d)
	return answer
}

func (db *database) made(d *delivery) reply {
	db.sequence++
	e := d.event
	if e.ignored {
		return result{EventID: e.id, Type: e.kind, Status: "ignored", Sequence: db.sequence}.reply()
	}
	after := &invoiceStatus{ID: e.invoice, Status: db.status(d)}
	return result{EventID: e.id, Type: e.kind, Status: "processed", Invoice: after, Sequence: db.sequence}.reply()
}

// status is the status of d's invoice after d, which may have come late.
func (db *database) status(d *delivery) string {
	return db.state(db.invoices[d.invoice()], d.event.status)
}

// put sets an invoice's status.
func (db *database) put(invoice account, status string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.invoices[invoice] = status
}

func (db *database) recorded(r *row, answer reply, until time.Time) reply {
	if !r.done {
		r.done = true
		close(r.changed)
	}
	r.answer, r.until = answer, until
	db.rows[r.key] = r
	return answer
}
