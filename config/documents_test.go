package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

// documents are what people read, by their paths.
func documents(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range append(files, "../README.md", "../CONTRIBUTING.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	return texts
}

var (
	yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(config:.*?)^```$")
	code      = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^)]*)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	makeWord  = regexp.MustCompile("(?:`|^)make ([a-z-]+)")
)

// A snippet is a part of a stack file; the rest is that of the stack local.
func TestTheSnippetsInTheDocumentsAreAccepted(t *testing.T) {
	local, err := os.ReadFile("../Pulumi.local.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for file, text := range documents(t) {
		for _, block := range yamlBlock.FindAllStringSubmatch(text, -1) {
			found++
			values := map[string]any{}
			for _, source := range []string{string(local), block[1]} {
				content := struct{ Config map[string]any }{}
				if err := yaml.Unmarshal([]byte(source), &content); err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				for key, value := range content.Config {
					values[key] = value
				}
			}
			if _, problems := config.Load(settings(values), slices.Collect(keysOf(values))); problems.Err() != nil {
				t.Errorf("%s: %v in the snippet\n%s", file, problems.Err(), block[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("%d snippets found", found)
	}
}

// settings hands values over as Pulumi does: texts as they are, anything else as JSON.
func settings(values map[string]any) config.Source {
	return func(key string) (string, bool) {
		value, set := values[key]
		if text, is := value.(string); is || !set {
			return text, set
		}
		encoded, err := json.Marshal(value)
		return string(encoded), err == nil
	}
}

func keysOf(values map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range values {
			if !yield(key) {
				return
			}
		}
	}
}

func TestLinksInTheDocumentsLeadSomewhere(t *testing.T) {
	texts := documents(t)
	for file, text := range texts {
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			at := file
			if target != "" {
				at = filepath.Join(filepath.Dir(file), target)
			}
			if _, err := os.Stat(at); err != nil {
				t.Errorf("%s links to %s: %v", file, match[1], err)
			}
			if anchor != "" && !slices.Contains(anchors(texts[at]), anchor) {
				t.Errorf("%s links to %s, and %s has no such heading", file, match[1], at)
			}
		}
	}
}

// anchors are the names that headings have in links.
func anchors(text string) []string {
	var all []string
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(match[1]), "")
		all = append(all, strings.ReplaceAll(name, " ", "-"))
	}
	return all
}

func TestTheMakefileHasTheTargetsOfTheDocuments(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range documents(t) {
		for _, match := range makeWord.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(string(makefile), "\n"+match[1]+":") {
				t.Errorf("%s names make %s, which the Makefile does not know", file, match[1])
			}
		}
	}
}
