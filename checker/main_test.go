package checker

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer random programs than rapid would by itself, for each
// has to go through the front end; -rapid.checks=N draws more.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
