package drift

import (
	"bytes"
	"strconv"
	"time"
)

// timeNames are the members of a log line or payload that usually hold its time, most telling first. They are asked when no
// pointer is given.
var timeNames = []string{
	"time", "timestamp", "@timestamp", "ts", "datetime", "date", "received_at", "receivedAt", "logged_at", "event_time", "eventTime",
	"occurred_at", "occurredAt", "created_at", "createdAt", "created",
}

// layouts are the forms of a time in a text, beside RFC 3339. Those without a zone are taken for UTC.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04:05,000",
	"2006-01-02", time.RFC1123Z, time.RFC1123, "02/Jan/2006:15:04:05 -0700",
}

// parseTime reads a time that is written as a JSON text or number: Unix time in seconds, or, when that would be after the
// year 2286, in milliseconds, microseconds or nanoseconds.
func parseTime(value []byte) (time.Time, bool) {
	if len(value) > 64 {
		return time.Time{}, false
	}
	written := string(bytes.Trim(value, `"`))
	if bytes.IndexByte(value, '\\') >= 0 {
		written = unquoted(bytes.Trim(value, `"`))
	}
	if seconds, err := strconv.ParseFloat(written, 64); err == nil {
		return unix(seconds, written)
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, written); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func unix(number float64, written string) (time.Time, bool) {
	const largest = 1e10 // seconds: in the year 2286
	if number < 1e8 || number > largest*1e9 {
		return time.Time{}, false
	}
	unit := int64(time.Second)
	for number > largest {
		number /= 1000
		unit /= 1000
	}
	if whole, err := strconv.ParseInt(written, 10, 64); err == nil {
		return time.Unix(0, 0).UTC().Add(time.Duration(whole) * time.Duration(unit)), true
	}
	return time.UnixMilli(int64(number * 1000)).UTC(), true
}
