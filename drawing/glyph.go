package drawing

import "strings"

// regularWidths and boldWidths hold the widths of the printable ASCII characters, beginning with the space, in
// hundredths of the font size: for each character the greater width of DejaVu Sans and Liberation Sans, whose widths
// are those of Arial and Helvetica. A viewer uses one of these fonts or a narrower one.
var (
	regularWidths = [...]int{
		32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 56,
		102, 69, 69, 73, 78, 67, 62, 78, 76, 30, 50, 67, 57, 87, 75, 79, 67, 79, 73, 67, 62, 74, 69, 99, 69, 67, 69, 40, 34, 40, 84, 56,
		50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
	}
	boldWidths = [...]int{
		35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84, 84, 84, 62,
		100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 56, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78, 73, 73, 46, 37, 46, 84, 56,
		50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
	}
)

// otherWidth is the width of every other character: arrows and dashes are narrower, and letters of other scripts are as
// wide.
const otherWidth = 105

// width returns the greatest width of a text in pixels.
func (s style) width(text string) int {
	table := regularWidths[:]
	if s.bold {
		table = boldWidths[:]
	}
	sum := 0
	for _, r := range text {
		if i := int(r) - ' '; i >= 0 && i < len(table) {
			sum += table[i]
		} else {
			sum += otherWidth
		}
	}
	return (sum*s.size + 99) / 100
}

// wrap breaks a text into lines of a width, at spaces if possible. If it needs more than most lines, the last one is
// shortened.
func (s style) wrap(text string, width, most int) []string {
	var lines []string
	for len(lines) < most-1 && s.width(text) > width {
		line := s.fitWords(text, width)
		lines, text = append(lines, line), strings.TrimPrefix(text[len(line):], " ")
	}
	if s.width(text) > width {
		text = s.shorten(text, width)
	}
	return append(lines, text)
}

// fitWords returns as many words of a text as fit, or a part of the first.
func (s style) fitWords(text string, width int) string {
	end := 0
	for i, r := range text {
		if r != ' ' {
			continue
		}
		if s.width(text[:i]) > width {
			break
		}
		end = i
	}
	if end == 0 {
		word, _, _ := strings.Cut(text, " ")
		return s.fitPrefix(word, width)
	}
	return text[:end]
}

// fitPrefix returns as much of a word as fits, up to its last punctuation mark if that leaves more than half.
func (s style) fitPrefix(word string, width int) string {
	end := 0
	for i, r := range word {
		if s.width(word[:i]+string(r)) > width {
			break
		}
		end = i + len(string(r))
	}
	if mark := strings.LastIndexAny(word[:end], "-./,:") + 1; mark > end/2 {
		end = mark
	}
	return word[:end]
}

const (
	ellipsis = "…"
	// noBreakSpace is a space at which no line is broken.
	noBreakSpace = "\u00a0"
)

// shorten cuts a text to a width and appends an ellipsis.
func (s style) shorten(text string, width int) string {
	runes := []rune(text)
	for len(runes) > 0 && s.width(string(runes)+ellipsis) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + ellipsis
}
