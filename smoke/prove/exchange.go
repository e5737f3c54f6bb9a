package prove

import (
	"errors"
	"strings"
)

// exchange is one delivery of the event.
type exchange struct {
	before   int     // deliveries of it before this one
	first    *answer // to the first of them; nil: there was none
	template *Answer
	event    string
	forward  func() (*answer, error) // sends it to the receiver
}

// untouched forwards the delivery.
func (x *exchange) untouched() (*answer, error) { return x.forward() }

// refused refuses the delivery, and forwards nothing.
func (x *exchange) refused() (*answer, error) { return refusal(), nil }

// forged answers as the receiver does to a valid delivery, and forwards nothing.
func (x *exchange) forged() (*answer, error) {
	if x.template == nil {
		return nil, errors.New("no answer of the receiver is known that could be repeated")
	}
	own := strings.NewReplacer(x.template.EventID, x.event)
	a := answer{status: x.template.status, header: x.template.header.Clone(), body: []byte(own.Replace(string(x.template.body)))}
	a.header.Del("Date")
	for _, values := range a.header {
		for i := range values {
			values[i] = own.Replace(values[i])
		}
	}
	return &a, nil
}

// afterFirst forwards the first delivery, and answers the others otherwise.
func afterFirst(other func(*exchange) (*answer, error)) func(*exchange) (*answer, error) {
	return func(x *exchange) (*answer, error) {
		if x.before == 0 {
			return x.forward()
		}
		return other(x)
	}
}

// repeated repeats the answer to the first delivery, and forwards nothing.
func (x *exchange) repeated() (*answer, error) {
	if x.first == nil {
		return nil, errors.New("the first delivery had no answer that could be repeated")
	}
	return x.first, nil
}

// altered forwards the delivery, and answers with another result.
func (x *exchange) altered() (*answer, error) {
	a, err := x.forward()
	if err != nil {
		return nil, err
	}
	if err := a.plain(); err != nil {
		return nil, err
	}
	a.body = another(a.body)
	return a, nil
}
