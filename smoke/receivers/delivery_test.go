package receivers

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBodyThatIsNoEventIsRefused(t *testing.T) {
	edit := func(old, new string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, new, 1) }
	}
	for name, c := range map[string]struct {
		change func(string) string
		status int
	}{
		"empty":                    {func(string) string { return "" }, 400},
		"truncated":                {func(text string) string { return text[:len(text)-2] }, 400},
		"two values":               {func(text string) string { return text + "{}" }, 400},
		"an array":                 {func(text string) string { return "[" + text + "]" }, 400},
		"null":                     {func(string) string { return "null" }, 400},
		"not UTF-8":                {edit("FG-2026", "\xff"), 400},
		"half a surrogate pair":    {edit("FG-2026", `\ud83c`), 400},
		"the other half":           {edit("FG-2026", `\udf6e`), 400},
		"pair the wrong way round": {edit("FG-2026", `\udf6e\ud83c`), 400},
		"duplicate key":            {edit(`"type":`, `"type":"invoice.voided","type":`), 400},
		"duplicate key, escaped":   {edit(`"type":`, `"typ\u0065":"invoice.voided","type":`), 400},
		"duplicate key, deep":      {edit(`"amount":42000`, `"amount":42000,"amount":1`), 400},
		"id and ID":                {edit(`{"id":`, `{"ID":"evt_other","id":`), 400},
		"ID alone":                 {edit(`{"id":`, `{"ID":`), 400},
		"Id after id":              {func(text string) string { return text[:len(text)-1] + `,"Id":"evt_other"}` }, 400},
		"another id":               {edit(`{"id":"`, `{"id":"x`), 400},
		"id is a number":           {edit(`"id":"evt`, `"id":7,"key":"evt`), 400},
		"no type":                  {edit(`"type":"invoice.paid",`, ""), 400},
		"type is a number":         {edit(`"type":"invoice.paid"`, `"type":1`), 400},
		"data is a text":           {edit(`"data":{`, `"data":"","date":{`), 400},
		"data is null":             {edit(`"data":{`, `"data":null,"date":{`), 400},
		"amount is a text":         {edit(`"total":48250`, `"total":"48250"`), 400},
		"amount is a fraction":     {edit(`"total":48250`, `"total":48250.5`), 400},
		"amount is negative":       {edit(`"total":48250`, `"total":-1`), 400},
		"amount is null":           {edit(`"total":48250`, `"total":null`), 400},
		"amount is missing":        {edit(`"total":48250,`, ``), 400},
		"amount is huge":           {edit(`"total":48250`, `"total":1e400`), 400},
		"amount is beyond reason":  {edit(`"total":48250`, `"total":1e99999999999999999999`), 400},
		"amount is zero":           {edit(`"total":48250`, `"total":-0.0e5`), 200},
		"payment is missing":       {edit(`"payment":`, `"paymant":`), 400},
		"payment's amount, a text": {edit(`"amount":48250`, `"amount":"48250"`), 400},
		"line's amount, a text":    {edit(`"amount":42000`, `"amount":"42000"`), 400},
		"line's quantity, a text":  {edit(`"quantity":1`, `"quantity":"1"`), 400},
		"lines are an object":      {edit(`"lines":[`, `"lines":{},"lanes":[`), 400},
		"status is unknown":        {edit(`"status":"paid"`, `"status":"PAID"`), 400},
		"too deep": {func(text string) string {
			return text[:len(text)-1] + `,"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}"
		}, 400},
		"just small enough": {func(text string) string { return text + strings.Repeat(" ", bodyLimit-len(text)) }, 200},
		"too large":         {func(text string) string { return text + strings.Repeat(" ", bodyLimit-len(text)+1) }, 413},
		"unknown fields":    {edit(`"data":{`, `"livemode":true,"data":{"metadata":{"ID":1,"id":null},`), 200},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSender(t, Correct)
			id := s.id()
			a := s.send(id, c.change(body(id, "invoice.paid")))
			require.Equal(t, c.status, a.status, a.body)
			n, _ := s.effects(id, "")
			if c.status == http.StatusOK {
				require.Equal(t, 1, n)
				return
			}
			require.Zero(t, n)
			require.Equal(t, "application/problem+json", a.kind)
			require.True(t, s.send(id, body(id, "invoice.paid")).accepted(), "nothing was recorded")
		})
	}
}

func TestContentType(t *testing.T) {
	s := newSender(t, Correct)
	for kind, status := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "Application/JSON": 200,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "": 415, ";": 415, "application/jsonp": 415,
	} {
		id := s.id()
		require.Equal(t, status, s.send(id, body(id, "invoice.paid"), header("Content-Type", kind)).status, kind)
	}
}

func TestWhichBodiesAreEqual(t *testing.T) {
	const conflicting, same = http.StatusConflict, http.StatusOK
	for name, c := range map[string]struct {
		fixture, old, new string
		status            int
	}{
		"space":               {"invoice.created", `,"data":`, " ,\n\t\"data\" : ", same},
		"escapes":             {"invoice.created", "è", `\u00e8`, same},
		"escaped pair":        {"invoice.created", "🍮", `\ud83c\udf6e`, same},
		"escaped in capitals": {"invoice.created", "4 🍮", `4 \ud83C\uDF6E`, same},
		"a fraction of zero":  {"invoice.created", "12900", "12900.0", same},
		"an exponent":         {"invoice.created", "12900", "1.29E+4", same},
		"another exponent":    {"invoice.created", "12900", "129e2", same},
		"another number":      {"invoice.created", "12900", "12901", conflicting},
		"order of an array": {
			"invoice.created",
			`{"description":"Tasting menu","quantity":2,"amount":9900},{"description":"Wine pairing","quantity":2,"amount":3000}`,
			`{"description":"Wine pairing","quantity":2,"amount":3000},{"description":"Tasting menu","quantity":2,"amount":9900}`, conflicting,
		},
		"decomposed letters":    {"invoice.created", "è", "e\u0300", conflicting},
		"an added field":        {"invoice.created", `"memo":`, `"purchase_order":"1","memo":`, conflicting},
		"an added null":         {"invoice.created", `"memo":`, `"purchase_order":null,"memo":`, conflicting},
		"a removed field":       {"invoice.created", `"due_at":"2026-12-02T09:00:00Z",`, "", conflicting},
		"a field that is empty": {"invoice.voided", `"memo":"Issued twice by mistake"`, `"memo":""`, conflicting},
		"a text for a number":   {"invoice.created", `"total":12900`, `"total":"12900"`, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSender(t, Correct)
			id := s.id()
			text := body(id, c.fixture)
			require.Contains(t, text, c.old)
			first := s.send(id, text)
			again := s.send(id, strings.Replace(text, c.old, c.new, 1))
			require.Equal(t, c.status, again.status)
			if c.status == same {
				require.Equal(t, first, again)
			}
			require.Equal(t, first, s.send(id, text))
			n, _ := s.effects(id, "")
			require.Equal(t, 1, n)
		})
	}
}

func TestPrettyPrintedBodyIsEqual(t *testing.T) {
	s := newSender(t, Correct)
	for _, fixture := range []string{"invoice.created", "invoice.paid", "invoice.voided", "invoice.refunded"} {
		id := s.id()
		first := s.send(id, body(id, fixture))
		require.Equal(t, http.StatusOK, first.status)
		require.Equal(t, first, s.send(id, indented(t, body(id, fixture))))
	}
}

func TestEscapedSolidusIsEqual(t *testing.T) {
	s := newSender(t, Correct)
	id := s.id()
	text := strings.Replace(body(id, "invoice.created"), "Wine pairing", "Wine/water", 1)
	first := s.send(id, text)
	require.Equal(t, http.StatusOK, first.status)
	require.Equal(t, first, s.send(id, strings.Replace(text, "Wine/water", `Wine\/water`, 1)))
}
