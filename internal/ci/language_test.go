package ci

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// unplain are words that comments, messages and documents do not use: they personify programs, or have a plainer word.
var unplain = regexp.MustCompile(`(?i)\b(tells|told|wears|stands|goes by itself|way of a packet|whoever|lets go)\b`)

// languageFiles returns the files of the repository that people read: sources, documents, scripts and stack files.
func languageFiles(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..")
	skipped := []string{".git", "bin", ".rehearsal", ".lab", ".check", "node_modules", "testdata"}
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if slices.Contains(skipped, name) || path == filepath.Join(root, "rehearsal", "chart") {
				return fs.SkipDir
			}
			return nil
		}
		if slices.Contains([]string{".go", ".md", ".tmpl", ".yaml"}, filepath.Ext(name)) || name == "Makefile" || strings.Contains(path, string(filepath.Separator)+".ci"+string(filepath.Separator)) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTheLanguageIsPlain(t *testing.T) {
	files := languageFiles(t)
	if len(files) < 300 {
		t.Fatalf("only %d files are read", len(files))
	}
	for _, file := range files {
		if filepath.Base(file) == "language_test.go" || filepath.Base(file) == "CHANGELOG.md" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if word := unplain.FindString(line); word != "" {
				t.Errorf("%s:%d: %q: %s", file, i+1, word, strings.TrimSpace(line))
			}
		}
	}
}

// mostColumns is the greatest width of a line of a comment or document. Tables, code, and lines with an address that is
// longer than a line has room for are exempt.
const mostColumns = 120

func TestCommentsAndDocumentsFitTheirWidth(t *testing.T) {
	for _, file := range languageFiles(t) {
		if base := filepath.Base(file); filepath.Ext(file) != ".go" && filepath.Ext(file) != ".md" || base == "CHANGELOG.md" || base == "world.md" || base == "configuration.md" || base == "ordering.md" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code := false
		for i, line := range strings.Split(string(text), "\n") {
			trimmed := strings.TrimSpace(line)
			if strings.HasPrefix(trimmed, "```") {
				code = !code
			}
			prose := strings.HasPrefix(trimmed, "// ")
			if filepath.Ext(file) == ".md" {
				prose = !code && !strings.HasPrefix(trimmed, "|") && !strings.Contains(line, "in the place of")
			}
			if prose && utf8.RuneCountInString(line) > mostColumns && longestWord(line) < 60 {
				t.Errorf("%s:%d: %d columns: %s", file, i+1, utf8.RuneCountInString(line), trimmed)
			}
		}
	}
}

func longestWord(line string) int {
	longest := 0
	for word := range strings.FieldsSeq(line) {
		longest = max(longest, len(word))
	}
	return longest
}
