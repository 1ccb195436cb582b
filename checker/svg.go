package checker

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"lastput/spec"
)

// This file draws a run as a picture: what Diagram says, with a lane for each CPU
// and a box for each row. It is plain SVG, light or dark as the reader's system is,
// and needs nothing from elsewhere.

// The picture's measures, in pixels.
const (
	svgChar   = 7.9 // of the monospaced font below
	svgLine   = 18
	svgPad    = 8
	svgGap    = 14 // between boxes
	svgMargin = 16
)

const svgStyle = `
  text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1b1f24; white-space: pre }
  .page { fill: #ffffff }
  .lane { fill: #f5f7fa }
  .head { font-weight: bold }
  .title { font-weight: bold; font-size: 15px }
  .box { fill: #ffffff; stroke: #9aa7b5 }
  .bad { fill: #ffebe9; stroke: #cf222e }
  .values { fill: #57606a }
  .mark { fill: #cf222e; font-weight: bold }
  .hop { fill: none; stroke: #9aa7b5; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .page { fill: #0d1117 } .lane { fill: #161b22 }
    .box { fill: #21262d; stroke: #6e7681 } .bad { fill: #3d1418; stroke: #ff7b72 }
    .values { fill: #9da7b3 } .mark { fill: #ff7b72 } .hop { stroke: #6e7681 }
  }`

// SVG draws the run as a picture that stands for itself. Steps are folded to rows
// as in Diagram.
func SVG(p *spec.Prog, t *Trace, opt DiagramOptions) string {
	d := &diagram{p: p, t: t, expand: opt.Expand}
	d.collect()
	width := opt.Width
	if width <= 0 {
		width = defaultWidth
	}
	return d.picture(width)
}

// A lane is a CPU's.
type lane struct {
	cpu   int
	x     float64
	width float64
	chars int
}

func (d *diagram) picture(width int) string {
	cpus := d.columns()
	header := make([]string, len(cpus))
	for i, c := range cpus {
		header[i] = d.header(c)
	}
	cells := make([]string, len(d.rows))
	for i := range d.rows {
		cells[i] = d.cell(i)
	}
	lanes, x := []lane{}, float64(svgMargin)
	for i, w := range d.widths(cpus, header, cells, width) {
		l := lane{cpus[i], x, float64(w)*svgChar + 4*svgPad, w}
		lanes = append(lanes, l)
		x += l.width + svgMargin
	}
	title := d.p.Model + ", " + d.p.Scenario.Name
	if v := d.t.Violation; v != nil {
		title += ": " + string(v.Property)
	}
	top := float64(svgMargin + 2*svgLine)
	body, y := d.boxes(lanes, cells, top+2*svgLine)
	var b strings.Builder
	total := max(x, float64(svgMargin)*2+float64(textWidth(title))*9.2)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+"\n", total, y+svgMargin, total, y+svgMargin)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s\n</style>\n", html.EscapeString(title), svgStyle)
	fmt.Fprintf(&b, `<rect class="page" width="100%%" height="100%%"/>`+"\n")
	fmt.Fprintf(&b, `<text class="title" x="%d" y="%d">%s</text>`+"\n", svgMargin, svgMargin+svgLine, html.EscapeString(title))
	for i, l := range lanes {
		fmt.Fprintf(&b, `<rect class="lane" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6"/>`+"\n", l.x, top, l.width, y-top)
		fmt.Fprintf(&b, `<text class="head" x="%.1f" y="%.1f">%s</text>`+"\n", l.x+svgPad, top+svgLine+2, html.EscapeString(header[i]))
	}
	b.WriteString(body)
	b.WriteString("</svg>\n")
	return b.String()
}

// boxes are the rows from y on, and where they end.
func (d *diagram) boxes(lanes []lane, cells []string, y float64) (string, float64) {
	var b strings.Builder
	last := -1 // the lane before
	var from [2]float64
	for i := range d.rows {
		if d.rows[i].divider {
			end := lanes[len(lanes)-1]
			fmt.Fprintf(&b, `<line class="hop" x1="%d" x2="%.1f" y1="%.1f" y2="%.1f"/>`+"\n", svgMargin, end.x+end.width, y+svgLine/2, y+svgLine/2)
			fmt.Fprintf(&b, `<text class="values" x="%.1f" y="%.1f">and from here round and round</text>`+"\n", lanes[0].x+2*svgPad, y+svgLine/2+4)
			y += 2 * svgLine
			last = -1
			continue
		}
		at := slices.IndexFunc(lanes, func(l lane) bool { return l.cpu == d.column(i, d.columns()) })
		l := lanes[at]
		lines := wrap(cells[i], l.chars)
		height := float64(len(lines)*svgLine + svgPad)
		mid := l.x + l.width/2
		if last >= 0 && last != at {
			fmt.Fprintf(&b, `<path class="hop" d="M%.1f %.1f V%.1f H%.1f V%.1f"/>`+"\n", from[0], from[1], y-svgGap/2, mid, y)
		}
		class := "box"
		if i == len(d.rows)-1 && d.t.Violation != nil {
			class = "box bad"
		}
		fmt.Fprintf(&b, "<g>")
		if tip := d.tip(i); tip != "" {
			fmt.Fprintf(&b, "<title>%s</title>", html.EscapeString(tip))
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4"/>`+"\n", class, l.x+svgPad, y, l.width-2*svgPad, height)
		for k, line := range lines {
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" xml:space="preserve">%s</text>`+"\n", l.x+2*svgPad, y+float64((k+1)*svgLine)-2, svgSpans(line))
		}
		b.WriteString("</g>\n")
		last, from = at, [2]float64{mid, y + height}
		y += height + svgGap
	}
	return b.String(), y
}

// tip is what shows under the pointer: the values that each step of the row read
// and changed.
func (d *diagram) tip(i int) string {
	var lines []string
	for _, st := range d.rows[i].steps {
		if text := StepText(d.p, st); text != "" {
			lines = append(lines, d.p.Place(st.Pos)+"  "+text)
		}
	}
	return strings.Join(lines, "\n")
}

// svgSpans marks what a line says of values, and what is wrong.
func svgSpans(line string) string {
	text, mark := line, ""
	if at := strings.Index(line, "<- "); at >= 0 {
		text, mark = line[:at], line[at:]
	}
	values := ""
	if at := strings.Index(text, "// "); at >= 0 {
		text, values = text[:at], text[at:]
	}
	out := html.EscapeString(text)
	for _, s := range []struct{ class, text string }{{"values", values}, {"mark", mark}} {
		if s.text != "" {
			out += fmt.Sprintf(`<tspan class="%s">%s</tspan>`, s.class, html.EscapeString(s.text))
		}
	}
	return out
}
