package cases

import "testing"

func BenchmarkDerive(b *testing.B) {
	for _, dir := range []string{"invoices", "stripe"} {
		b.Run(dir, func(b *testing.B) {
			all, c := golden(b, dir)
			for b.Loop() {
				if _, err := Derive(all[0], c, "friday"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
