package receivers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// event is what the receiver uses of a body.
type event struct {
	id      string
	kind    string
	ignored bool // an event type that is not known here; it has no effect
	invoice string
	status  string
}

// money names the event types that are known, and the object with the amount that each must have beside the
// invoice.
var money = map[string]string{"invoice.created": "", "invoice.voided": "", "invoice.paid": "payment", "invoice.refunded": "refund"}

// life is the order in which an invoice's status moves; it never moves back.
var life = map[string]int{"open": 1, "paid": 2, "void": 3, "refunded": 3}

// furthest is the one of two statuses that comes later in an invoice's life.
func furthest(now, next string) string {
	if life[now] > life[next] {
		return now
	}
	return next
}

// readEvent takes what is used from a body, and refuses it when that is missing or of another type. What is not
// used may be anything.
func readEvent(body any, is naming) (event, error) {
	f := &fields{is: is}
	in := f.object(body, "the body")
	e := event{id: f.text(in, "id"), kind: f.text(in, "type")}
	movement, known := money[e.kind]
	if !known {
		e.ignored = true
		return e, f.err
	}
	data := f.object(f.member(in, "data"), "data")
	invoice := f.object(f.member(data, "invoice"), "invoice")
	e.invoice, e.status = f.text(invoice, "id"), f.text(invoice, "status")
	if life[e.status] == 0 {
		f.refuse("status", "open, paid, void or refunded")
	}
	f.amount(invoice, "total")
	for _, line := range f.list(invoice, "lines") {
		line := f.object(line, "a line")
		f.amount(line, "quantity")
		f.amount(line, "amount")
	}
	if movement != "" {
		f.amount(f.object(f.member(data, movement), movement), "amount")
	}
	return e, f.err
}

// naming reports whether a member's name is the one that is wanted. An error refuses the body.
type naming func(name, wanted string) (bool, error)

// exactName refuses a name that differs from the wanted one by the case of its letters only, such as ID for id:
// other readers would take it for the same.
func exactName(name, wanted string) (bool, error) {
	if name != wanted && strings.EqualFold(name, wanted) {
		return false, errors.New(strconv.Quote(name) + " is too much like " + strconv.Quote(wanted))
	}
	return name == wanted, nil
}

// fields reads members of objects and keeps the first error.
type fields struct {
	is  naming
	err error
}

func (f *fields) refuse(name, want string) {
	if f.err == nil {
		f.err = fmt.Errorf("%s must be %s", name, want)
	}
}

// member returns the last member with a name, or nil.
func (f *fields) member(o object, name string) (found any) {
	for _, m := range o {
		is, err := f.is(m.name, name)
		if is {
			found = m.value
		}
		if f.err == nil {
			f.err = err
		}
	}
	return found
}

func (f *fields) object(v any, name string) object {
	o, ok := v.(object)
	if !ok {
		f.refuse(name, "an object")
	}
	return o
}

func (f *fields) text(o object, name string) string {
	text, _ := f.member(o, name).(string)
	if text == "" {
		f.refuse(name, "a text that is not empty")
	}
	return text
}

func (f *fields) list(o object, name string) []any {
	items, _ := f.member(o, name).([]any)
	if len(items) == 0 {
		f.refuse(name, "an array that is not empty")
	}
	return items
}

// amount checks for a whole number from 0 on, of at most 18 digits.
func (f *fields) amount(o object, name string) {
	n, _ := f.member(o, name).(json.Number)
	text, err := decimal(n)
	digits, power, _ := strings.Cut(text, "e")
	exponent, _ := strconv.Atoi(power) // "" for the number 0
	if n == "" || err != nil || digits[0] == '-' || exponent < 0 || len(digits)+exponent > 18 {
		f.refuse(name, "a whole number that is not negative")
	}
}
