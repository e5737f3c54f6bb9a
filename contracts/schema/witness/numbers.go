package witness

import (
	"math/big"
)

// numbersOf is what atoms demand of a number.
type numbersOf struct {
	low, high   *above // low holds, high does not; nil if there is no limit
	step        *big.Rat
	notMultiple []*big.Rat
	not         map[string]any
}

// aNumber finds a number for the atoms.
func (b *branch) aNumber() answer {
	d := numbersOf{not: map[string]any{}}
	for _, f := range b.atoms {
		d.add(f)
	}
	if d.low != nil && d.high != nil {
		if order := d.low.limit.Cmp(d.high.limit); order > 0 || order == 0 && (d.low.strict || !d.high.strict) {
			return nothing()
		}
	}
	result := answer{}
	for _, most := range []int{fewNumbers, maxNumbers} {
		if b.spent(most * (len(b.atoms) + 1) / 4) {
			return doubtful(gaveUp)
		}
		candidates, complete := d.candidates(most)
		values := make([]any, 0, len(candidates))
		for _, r := range candidates {
			n, ok := decimal(r)
			if complete = complete && ok; ok {
				values = append(values, n)
			}
		}
		result = b.firstOf(values, complete)
		if result.outcome != undecided || len(candidates) < most {
			break
		}
	}
	if result.outcome == undecided {
		return doubtful(Doubt{Why: "no number was found within the bounds, and not all were tried"})
	}
	return result
}

func (d *numbersOf) add(f *formula) {
	holds := f.op == opAtom
	switch a := f.atom.(type) {
	case above:
		switch {
		case holds && (d.low == nil || a.limit.Cmp(d.low.limit) > 0 || a.limit.Cmp(d.low.limit) == 0 && a.strict):
			d.low = &a
		case !holds && (d.high == nil || a.limit.Cmp(d.high.limit) < 0 || a.limit.Cmp(d.high.limit) == 0 && !a.strict):
			d.high = &a
		}
	case multiple:
		switch {
		case !holds:
			d.notMultiple = append(d.notMultiple, a.of)
		case d.step == nil:
			d.step = a.of
		default:
			d.step = commonMultiple(d.step, a.of)
		}
	case among:
		for key, value := range a.values { // a positive one is handled by the caller
			d.not[key] = value
		}
	}
}

// commonMultiple returns the least number that is a multiple of both.
func commonMultiple(a, b *big.Rat) *big.Rat {
	scale := new(big.Int).Mul(a.Denom(), b.Denom())
	x := new(big.Int).Mul(a.Num(), b.Denom())
	y := new(big.Int).Mul(b.Num(), a.Denom())
	product := new(big.Int).Mul(x, y)
	product.Abs(product).Div(product, new(big.Int).GCD(nil, nil, x.Abs(x), y.Abs(y)))
	return new(big.Rat).SetFrac(product, scale)
}

// How many numbers are tried: a few first, and then many.
const (
	fewNumbers = 100
	maxNumbers = 5000
)

// candidates returns up to so many numbers within the limits, and whether one of them is right if any number is.
func (d *numbersOf) candidates(most int) (all []*big.Rat, complete bool) {
	if d.step == nil {
		return d.anywhere(), d.single()
	}
	// The multiples of notMultiple repeat after their common multiple, and each excluded value may hide one of a period.
	period := d.step
	for _, n := range d.notMultiple {
		period = commonMultiple(period, n)
	}
	needed := new(big.Rat).Quo(period, d.step)
	needed.Mul(needed, big.NewRat(int64(len(d.not))+1, 1))
	first, direction := d.first()
	for r := first; len(all) < most; r = new(big.Rat).Add(r, direction) {
		if !d.within(r) || needed.Cmp(big.NewRat(int64(len(all)), 1)) < 0 {
			return all, true
		}
		all = append(all, r)
	}
	return all, false
}

// single reports whether there is but one number within the limits.
func (d *numbersOf) single() bool {
	return d.low != nil && d.high != nil && d.low.limit.Cmp(d.high.limit) == 0
}

func (d *numbersOf) within(r *big.Rat) bool {
	return (d.low == nil || d.low.has(r)) && (d.high == nil || !d.high.has(r))
}

// first returns the multiple of the step that is next to a limit, and the step away from the limit.
func (d *numbersOf) first() (first, direction *big.Rat) {
	floor := func(r *big.Rat) *big.Rat {
		q := new(big.Rat).Quo(r, d.step)
		n := new(big.Int).Div(q.Num(), q.Denom()) // rounds down, as the denominator is positive
		return new(big.Rat).Mul(new(big.Rat).SetInt(n), d.step)
	}
	switch {
	case d.low != nil:
		first = floor(d.low.limit)
		for !d.low.has(first) {
			first = new(big.Rat).Add(first, d.step)
		}
		return first, d.step
	case d.high != nil:
		first = floor(d.high.limit)
		for d.high.has(first) {
			first = new(big.Rat).Sub(first, d.step)
		}
		return first, new(big.Rat).Neg(d.step)
	}
	return new(big.Rat), d.step
}

// anywhere returns numbers of all sorts within the limits: integers first, then ever finer fractions.
func (d *numbersOf) anywhere() []*big.Rat {
	var all []*big.Rat
	add := func(r *big.Rat) {
		if d.within(r) {
			all = append(all, r)
		}
	}
	low, high := big.NewRat(0, 1), (*big.Rat)(nil)
	switch {
	case d.low != nil && d.high != nil:
		low, high = d.low.limit, d.high.limit
	case d.low != nil:
		low = d.low.limit
	case d.high != nil:
		low, high = nil, d.high.limit
	}
	more := int64(len(d.not) + 3)
	switch {
	case low != nil && high != nil:
		add(low)
		add(high)
		d.between(low, high, more, add)
	case low != nil:
		d.between(low, new(big.Rat).Add(low, big.NewRat(more, 1)), more, add)
	default:
		d.between(new(big.Rat).Sub(high, big.NewRat(more, 1)), high, more, add)
	}
	return all
}

// between adds integers and fractions of a range. Fractions with more digits than any of notMultiple has are multiples of none.
func (d *numbersOf) between(low, high *big.Rat, more int64, add func(*big.Rat)) {
	integer := new(big.Int).Div(low.Num(), low.Denom())
	for i := range more + 2 {
		r := new(big.Rat).SetInt(new(big.Int).Add(integer, big.NewInt(i)))
		if r.Cmp(high) <= 0 {
			add(r)
		}
	}
	width := new(big.Rat).Sub(high, low)
	unit := big.NewRat(1, 1)
	for range 24 {
		unit = new(big.Rat).Mul(unit, big.NewRat(1, 10))
		if new(big.Rat).Mul(unit, big.NewRat(more+2, 1)).Cmp(width) > 0 {
			continue
		}
		q := new(big.Rat).Quo(low, unit)
		n := new(big.Int).Div(q.Num(), q.Denom())
		for i := range more + 2 {
			add(new(big.Rat).Mul(new(big.Rat).SetInt(new(big.Int).Add(n, big.NewInt(i))), unit))
		}
	}
}
