module lastput

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1 // decides linearizability, in tests of the strategies
	github.com/chromedp/cdproto v0.159.0 // what chromedp has no word for
	github.com/chromedp/chromedp v0.23.0 // the tests of the pages of mc demo and mc check --html, in a real browser
	github.com/google/go-cmp v0.7.0 // readable differences in tests
	github.com/rogpeppe/go-internal v1.16.0 // testscript: the command-line tests
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // the tests of mc check --sarif: against the published schema
	golang.org/x/term v0.48.0 // how wide a terminal is
	modernc.org/cc/v4 v4.31.0 // the C front end: preprocessor, parser and types
	pgregory.net/rapid v1.3.0 // generated programs in tests
)

require (
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/tools v0.26.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/opt v0.2.0 // indirect
	modernc.org/sortutil v1.2.1 // indirect
	modernc.org/strutil v1.2.1 // indirect
	modernc.org/token v1.1.0 // indirect
)

require golang.org/x/text v0.14.0 // indirect
