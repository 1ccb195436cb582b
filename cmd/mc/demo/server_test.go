package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"lastput/checker"
	"lastput/spec"
)

func serve(t *testing.T, s *Server) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return srv
}

func post(t *testing.T, url, body string, change ...func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

const aPlace = `{"model":"no_stop","scenario":"basic"}`

// TestRefusals sends what is not to be answered; after each the server answers.
func TestRefusals(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	host := func(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }
	origin := func(o string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("Origin", o) } }
	for _, c := range []struct {
		name, path, body string
		change           func(*http.Request)
		code             int
		says             string
	}{
		{"another host", "board", aPlace, host("evil.example:80"), 403, "evil.example"},
		{"another address", "board", aPlace, host("192.0.2.1"), 403, "192.0.2.1"},
		{"another origin", "board", aPlace, origin("http://evil.example"), 403, "evil.example"},
		{"no origin", "board", aPlace, origin("null"), 403, "null"},
		{"another port of this machine", "board", aPlace, origin("http://127.0.0.1:1"), 403, "127.0.0.1:1"},
		{"a form", "board", aPlace, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415, "JSON"},
		{"no JSON", "board", `{"model`, nil, 400, "not understood"},
		{"nothing", "board", ``, nil, 400, "not understood"},
		{"a list", "board", `[]`, nil, 400, "not understood"},
		{"more than a request", "board", aPlace + aPlace, nil, 400, "something follows"},
		{"a request and a half", "board", aPlace + `{"mo`, nil, 400, "something follows"},
		{"deep", "board", strings.Repeat("[", 100_000), nil, 400, "not understood"},
		{"no UTF-8", "board", "{\"model\":\"\xff\",\"scenario\":\"basic\"}", nil, 400, "unknown model"},
		{"a name without end", "board", `{"model":"` + strings.Repeat("x", 100_000) + `","scenario":"basic"}`, nil, 400, "unknown model"},
		{"a scenario without end", "board", `{"model":"no_stop","scenario":"` + strings.Repeat("gets=1,", 10_000) + `"}`, nil, 400, ""},
		{"a scenario too large", "board", `{"model":"no_stop","scenario":"getters=100000"}`, nil, 400, "want 1 to"},
		{"a move of nobody", "board", `{"run":"@1000"}`, nil, 400, "not a recorded run"},
		{"no width", "board", `{"model":"no_stop","scenario":"basic","width":-1}`, nil, 400, "width"},
		{"any width", "board", `{"model":"no_stop","scenario":"basic","width":1000000}`, nil, 400, "width"},
		{"no such question", "answer", aPlace, nil, 405, ""},
		{"put", "board", aPlace, func(r *http.Request) { r.Method = "PUT" }, 405, ""},
		{"unknown field", "board", `{"modle":"x"}`, nil, 400, "modle"},
		{"too large", "board", `{"run":"` + strings.Repeat("0.", maxBody) + `"}`, nil, 400, "too large"},
		{"no model", "board", `{"model":"nobody","scenario":"basic"}`, nil, 400, "nobody"},
		{"a file", "board", `{"model":"/etc/passwd","scenario":"basic"}`, nil, 400, "unknown model"},
		{"no scenario", "board", `{"model":"no_stop","scenario":"getters=x"}`, nil, 400, "not a number"},
		{"no mutation", "board", `{"model":"no_stop","scenario":"basic","without":"lock@1:1"}`, nil, 400, "do without"},
		{"no run", "board", `{"run":"lp1/x"}`, nil, 400, "not a recorded run"},
		{"another program", "board", `{"run":"lp1/no_stop/basic/00000000/0"}`, nil, 400, "digest"},
		{"long run", "board", `{"run":"lp1/no_stop/basic/00000000/0x100000"}`, nil, 400, "steps"},
		{"no thread", "board", `{"model":"no_stop","scenario":"basic","over":99}`, nil, 400, "no thread 99"},
		{"asked of another program", "ask", `{"run":"lp1/no_stop/basic/00000000/0"}`, nil, 400, "digest"},
		{"mutations of nothing", "mutations", `{"model":"nobody","scenario":"basic"}`, nil, 400, "nobody"},
	} {
		change := c.change
		if change == nil {
			change = func(*http.Request) {}
		}
		code, text := post(t, srv.URL+"/api/"+c.path, c.body, change)
		if code != c.code || !strings.Contains(text, c.says) || len(text) > 1000 {
			t.Errorf("%s: %d %.1000s; want %d, with %q", c.name, code, text, c.code, c.says)
		}
		if code, text := post(t, srv.URL+"/api/board", aPlace); code != 200 {
			t.Fatalf("after %s: %d %s", c.name, code, text)
		}
	}
}

// TestHosts asks by the names that the server has.
func TestHosts(t *testing.T) {
	for _, c := range []struct {
		listen, host string
		ok           bool
	}{
		{"127.0.0.1", "127.0.0.1:80", true}, {"127.0.0.1", "localhost:80", true}, {"127.0.0.1", "[::1]:80", true},
		{"127.0.0.1", "10.0.0.7:80", false}, {"10.0.0.7", "10.0.0.7:80", true}, {"0.0.0.0", "10.0.0.7:80", true},
		{"0.0.0.0", "evil.example:80", false}, {"127.0.0.1", "", false}, {"127.0.0.1", "127.0.0.1.evil.example", false},
	} {
		if got := New(nil, spec.Scenario{}, c.listen).ours(c.host); got != c.ok {
			t.Errorf("listening at %s, asked for %q: %v", c.listen, c.host, got)
		}
	}
}

// TestTextIsData serves a model full of HTML: it comes as JSON, and the policy
// lets no script in.
func TestTextIsData(t *testing.T) {
	text := `// mc: title <script>alert(1)</script>
#include <mc.h>
int x; // </script><img src=y onerror=alert(2)>
mc_thread(0, MC_OTHER) void a(void) { x = 1; }`
	m, err := spec.Load(fstest.MapFS{"html.c": {Data: []byte(text)}}, "html.c")
	if err != nil {
		t.Fatal(err)
	}
	srv := serve(t, New(m, m.Scenarios()[0], "127.0.0.1"))
	resp, err := http.Post(srv.URL+"/api/board", "application/json", strings.NewReader(`{"model":"html","scenario":"threads"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if ct := resp.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") || strings.Contains(string(body), "<") {
		t.Errorf("%s:\n%s", ct, body)
	}
	if p := resp.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
		t.Errorf("policy %q", p)
	}
	var b boardView
	if err := json.Unmarshal(body, &b); err != nil || b.Files[0].Lines[2] != strings.Split(text, "\n")[2] {
		t.Errorf("the source did not come through: %v", err)
	}
}

// TestCancel asks a long question and goes away: the search ends, and the next
// question gets its turn.
func TestCancel(t *testing.T) {
	s := New(nil, spec.Scenario{}, "127.0.0.1")
	s.timeout = time.Hour
	large := askRequest{place: place{Model: "stop_machine", Scenario: "getters=4,gets=3,migrate"}, Start: true}
	for range searches + 1 {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		begin := time.Now()
		a, err := s.ask(ctx, large)
		cancel()
		if err == nil && a.Verdict != "inconclusive" {
			t.Fatalf("%+v", a)
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Fatalf("it took %v to end", d)
		}
	}
	if len(s.asking) != 0 {
		t.Errorf("%d searches go on", len(s.asking))
	}
}

// TestLevels plays each level as the checker would: what it finds wins it, and
// so does the proof where there is nothing to find.
func TestLevels(t *testing.T) {
	s := New(nil, spec.Scenario{}, "127.0.0.1")
	for i, l := range levels {
		t.Run(l.Title, func(t *testing.T) {
			pl := place{Model: l.Model, Scenario: l.Scenario}
			if l.Without != "" {
				list, err := s.mutations(context.Background(), pl)
				if err != nil {
					t.Fatal(err)
				}
				won := false
				for _, mu := range list {
					if pl.Without = mu.ID; mu.Kind == string(l.Without) {
						won = won || winBy(t, s, pl) == i+1
					}
				}
				if !won {
					t.Errorf("no %s whose loss wins it", l.Without)
				}
				return
			}
			if won := winBy(t, s, pl); won != i+1 {
				t.Errorf("level %d is won", won)
			}
		})
	}
}

func winBy(t *testing.T, s *Server, pl place) int {
	t.Helper()
	a, err := s.ask(context.Background(), askRequest{place: pl, Start: true})
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict == string(checker.Verified) {
		return a.Level
	}
	b, err := s.board(context.Background(), boardRequest{place: pl})
	if err != nil {
		t.Fatal(err)
	}
	for range a.Moves { // hints lead there, too, a step at a time
		sep := "."
		if len(b.Steps) == 0 {
			sep = ""
		}
		run := b.Run + sep + a.Moves[len(b.Steps)]
		if b, err = s.board(context.Background(), boardRequest{place: place{Run: run}}); err != nil {
			t.Fatal(err)
		}
	}
	if b.Violation == nil || b.Violation.Property != a.Property {
		t.Fatalf("the run that was found ends in %+v, not %s", b.Violation, a.Property)
	}
	return b.Level
}

// TestOver steps over a call: the thread is then elsewhere in the model, or has
// to wait, and the run is no longer than if each step were taken.
func TestOver(t *testing.T) {
	s := New(nil, spec.Scenario{}, "127.0.0.1")
	b, err := s.board(context.Background(), boardRequest{place: place{Model: "atomic_dec_and_lock", Scenario: "getters=1,gets=1"}})
	if err != nil {
		t.Fatal(err)
	}
	for b.Threads[0].State == "ready" {
		line, before := b.Threads[0].Line, len(b.Steps)
		zero := 0
		if b, err = s.board(context.Background(), boardRequest{place: place{Run: b.Run}, Over: &zero}); err != nil {
			t.Fatal(err)
		}
		if now := b.Threads[0]; len(b.Steps) == before || now.State == "ready" && now.Line == line {
			t.Fatalf("still at line %d after %d steps", line, len(b.Steps)-before)
		}
	}
	if b.Threads[0].State != "done" {
		t.Errorf("thread 0 alone: %+v", b.Threads[0])
	}
}

// TestWords plays at random: nothing that a thread, a step or a refusal says is
// the C of the driver, which the reader has not written.
func TestWords(t *testing.T) {
	s := New(nil, spec.Scenario{}, "127.0.0.1")
	rng := rand.New(rand.NewPCG(1, 2))
	for _, sc := range []string{"basic", "irq", "handover", "nested", "rt-hog"} {
		b, err := s.board(context.Background(), boardRequest{place: place{Model: "module_base", Scenario: sc}})
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			var moves []string
			for _, th := range b.Threads {
				shown := []string{th.Calls, th.Why, th.Words}
				if th.Words == "" && th.State != "done" {
					shown = append(shown, th.Source)
				}
				for _, text := range append(shown, th.Locals...) {
					if strings.Contains(text, "__mc") {
						t.Errorf("%s: %s says %q", sc, th.Name, text)
					}
				}
				for _, mv := range th.Moves {
					if strings.Contains(mv.Text, "__mc") {
						t.Errorf("%s: a step of %s is %q", sc, th.Name, mv.Text)
					}
					moves = append(moves, mv.Move)
				}
			}
			if len(moves) == 0 {
				break
			}
			sep := "."
			if len(b.Steps) == 0 {
				sep = ""
			}
			if b, err = s.board(context.Background(), boardRequest{place: place{Run: b.Run + sep + moves[rng.IntN(len(moves))]}}); err != nil {
				t.Fatal(err)
			}
		}
		for _, st := range b.Steps {
			if st.Words == "" && strings.Contains(st.Source, "__mc") || strings.Contains(st.Text, "__mc") {
				t.Errorf("%s: a step says %+v", sc, st)
			}
		}
	}
}

// TestPages asks from several pages at once, of the same models and of others, some
// of whom go away: each gets the answer it gets alone.
func TestPages(t *testing.T) {
	s := New(nil, spec.Scenario{}, "127.0.0.1")
	srv := serve(t, s)
	bodies := []string{aPlace, `{"model":"lookup_lock","scenario":"irq"}`, `{"model":"rcu","scenario":"getters=1,gets=1"}`, `{"model":"nobody","scenario":"basic"}`}
	paths := []string{"board", "mutations"}
	ask := func(i int) string {
		code, text := post(t, srv.URL+"/api/"+paths[i%2], bodies[i/2%len(bodies)])
		return fmt.Sprint(code, text)
	}
	var want []string
	for i := range 2 * len(bodies) {
		want = append(want, ask(i))
	}
	s.progs = progCache{} // so that they are built at once, too
	var wg sync.WaitGroup
	for page := range 8 {
		wg.Go(func() {
			for i := range want {
				i = (i + page) % len(want)
				if got := ask(i); got != want[i] {
					t.Errorf("page %d: %s of %s: %.300s, alone %.300s", page, paths[i%2], bodies[i/2%len(bodies)], got, want[i])
				}
			}
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
			defer cancel()
			r, _ := http.NewRequestWithContext(ctx, "POST", srv.URL+"/api/ask", strings.NewReader(`{"model":"stop_machine","scenario":"getters=3,gets=3","start":true}`))
			r.Header.Set("Content-Type", "application/json")
			if resp, err := http.DefaultClient.Do(r); err == nil {
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	for end := time.Now().Add(20 * time.Second); len(s.asking) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d searches of pages that are gone go on", len(s.asking))
		}
	}
}

// TestLocals shows a pointer as what it points to, and nothing that is not read
// again.
func TestLocals(t *testing.T) {
	s := New(nil, spec.Scenario{}, "127.0.0.1")
	b, err := s.board(context.Background(), boardRequest{place: place{Model: "lookup_lock", Scenario: "getters=1,gets=1"}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for b.Threads[0].State == "ready" {
		for _, l := range b.Threads[0].Locals {
			seen[l] = true
		}
		sep := "."
		if len(b.Steps) == 0 {
			sep = ""
		}
		if b, err = s.board(context.Background(), boardRequest{place: place{Run: b.Run + sep + "0"}}); err != nil {
			t.Fatal(err)
		}
	}
	if !seen["o = &obj"] || seen["o = 1"] || seen["o = 0"] {
		t.Errorf("the locals were %v", slices.Sorted(maps.Keys(seen)))
	}
}

// TestGoals: what breaks a level breaks it, if it is not quite what was asked for;
// but not where something else was to be learnt.
func TestGoals(t *testing.T) {
	for _, c := range []struct {
		level   int
		without string
		p       spec.Property
		won     bool
	}{
		{6, "", spec.GetAfterFinalPut, true}, {6, "", spec.FinalPutWhileHeld, true}, {6, "", spec.Deadlock, false},
		{3, "lock@47:2", spec.UseAfterRelease, true}, {3, "check@35:2", spec.UseAfterRelease, false}, {3, "", spec.UseAfterRelease, false},
		{9, "", spec.Hang, true}, {9, "", spec.UseAfterRelease, false}, {11, "", spec.GetAfterFinalPut, false},
	} {
		l := levels[c.level-1]
		b := &boardView{Model: l.Model, Scenario: scenarioView{Text: l.Scenario}, Without: c.without, Violation: &violationView{Property: string(c.p)}}
		if got := wonBy(b) == c.level; got != c.won {
			t.Errorf("level %d, without %q, %s: won %v", c.level, c.without, c.p, got)
		}
	}
}

// TestLecture holds the plan of docs/teaching.md to the levels: all of them, in
// order, by their titles, in minutes that make an hour.
func TestLecture(t *testing.T) {
	data, err := os.ReadFile("../../../docs/teaching.md")
	if err != nil {
		t.Fatal(err)
	}
	at, next := 0, 1
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+)-(\d+) \| ([^|]+) \|`).FindAllStringSubmatch(string(data), -1) {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		if from != at || to <= from {
			t.Errorf("minutes %d to %d follow minute %d", from, to, at)
		}
		at = to
		for rest := m[3]; rest != ""; next++ {
			if next > len(levels) {
				t.Fatalf("the plan has %q, the page no more levels", rest)
			}
			after, ok := strings.CutPrefix(rest, fmt.Sprintf("%d %s", next, levels[next-1].Title))
			if !ok {
				t.Fatalf("the plan says %q, level %d is %q", rest, next, levels[next-1].Title)
			}
			rest = strings.TrimPrefix(after, ", ")
		}
	}
	if at != 60 || next != len(levels)+1 {
		t.Errorf("%d levels in %d minutes, want %d in 60", next-1, at, len(levels))
	}
}

// TestCommand: what the page says plays the run again does, for a file as well, with
// the name that it was given.
func TestCommand(t *testing.T) {
	m, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte("#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\n")}}, "m.c")
	if err != nil {
		t.Fatal(err)
	}
	s := New(m, m.Scenarios()[0], "127.0.0.1")
	s.File = "my models/m.c"
	for pl, want := range map[place]string{
		{Model: "m", Scenario: "threads"}:     "mc replay 'my models/m.c' lp1/m/threads/",
		{Model: "no_stop", Scenario: "basic"}: "mc replay lp1/no_stop/basic/",
	} {
		b, err := s.board(context.Background(), boardRequest{place: pl})
		if err != nil || !strings.HasPrefix(b.Command, want) {
			t.Errorf("%+v: %q, %v; want %s...", pl, b.Command, err, want)
		}
	}
}
