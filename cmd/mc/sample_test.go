package main

import (
	"math"
	"testing"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		x        float64
		up, down string
	}{
		{0, "0 %", "0 %"},
		{1, "100 %", "100 %"},
		{0.999, "99 %", "99 %"},
		{0.5, "50 %", "50 %"},
		{0.121, "13 %", "12 %"},
		{0.00121, "0.2 %", "0.1 %"},
		{0.000019, "0.002 %", "0.001 %"},
		{1.9e-12, "2e-10 %", "1e-10 %"},
	} {
		if got := percent(c.x, math.Ceil); got != c.up {
			t.Errorf("%g at most: %s, want %s", c.x, got, c.up)
		}
		if got := percent(c.x, math.Floor); got != c.down {
			t.Errorf("%g at least: %s, want %s", c.x, got, c.down)
		}
	}
}
