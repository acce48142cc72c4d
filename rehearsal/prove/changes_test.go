package prove

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"eksnet/config"
	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/prove/matrix"
)

// sampledRows is the number of rows of the matrix that the tests try.
const sampledRows = 15

func TestSampledChangesOfStackFilesMatchTheMatrix(t *testing.T) {
	began, tried := time.Now(), 0
	base, rows := testRig(t), matrix.Rows()
	stacks := map[string][]matrix.Row{}
	for i := range sampledRows {
		row := rows[i*len(rows)/sampledRows]
		stacks[row.Stack] = append(stacks[row.Stack], row)
	}
	for name, some := range stacks {
		r, err := base.of(name)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := r.changes(context.Background(), some)
		mustHold(t, proof, err, len(some))
		tried += len(proof.Trials)
	}
	t.Logf("%d changes of %d in %s", tried, len(rows), time.Since(began).Round(time.Second))
	if tried != sampledRows {
		t.Errorf("%d changes were tried", tried)
	}
}

func TestTheMatrixHasExactlyTheKeysOfAStackFile(t *testing.T) {
	rows := map[string]bool{}
	for _, row := range matrix.Rows() {
		rows[row.Key] = true
	}
	for _, key := range stackFileKeys() {
		if !rows[key] {
			t.Errorf("no row changes %s", key)
		}
		delete(rows, key)
	}
	for key := range rows {
		t.Errorf("a row changes %s, which no stack file has", key)
	}
}

// stackFileKeys returns the keys that change something by themselves: values, optional maps, and entries of maps whose
// keys the operator chooses.
func stackFileKeys() []string {
	keys := []string{"aws:region", "aws:allowedAccountIds", "aws:profile", "aws:assumeRole.roleArn", "tags", "tagsNotOnInstances"}
	keys = append(keys, keysOf("network", reflect.TypeFor[config.Network]())...)
	keys = append(keys, keysOf("cluster", reflect.TypeFor[config.Cluster]())...)
	keys = append(keys, keysOf("nodeGroups", reflect.TypeFor[map[string]config.NodeGroup]())...)
	keys = append(keys, keysOf("addons", reflect.TypeFor[config.Addons]())...)
	keys = append(keys, keysOf("dns", reflect.TypeFor[config.DNS]())...)
	return append(keys, keysOf("workloads", reflect.TypeFor[map[string]config.Workload]())...)
}

func keysOf(path string, typ reflect.Type) []string {
	switch elem := typ; {
	case typ.Kind() == reflect.Struct:
		var keys []string
		for i := range typ.NumField() {
			keys = append(keys, keysOf(path+"."+typ.Field(i).Tag.Get("json"), typ.Field(i).Type)...)
		}
		return keys
	case typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map:
		if elem = typ.Elem(); elem.Kind() != reflect.Struct {
			return []string{path}
		}
		below := map[reflect.Kind]string{reflect.Slice: path + "[]", reflect.Map: path + ".<name>"}[typ.Kind()]
		own := path
		if typ.Kind() == reflect.Map {
			own = below
		}
		return append([]string{own}, keysOf(cmp.Or(below, path), elem)...)
	default:
		return []string{path}
	}
}

// The edits of each row must change the value of its key, and one row of each key must use a committed stack that has
// the key, if there is one.
func TestEachKeyIsChangedOnACommittedStackThatHasIt(t *testing.T) {
	const root = "../.."
	tried := map[string]bool{}
	for _, row := range matrix.Rows() {
		config := loadConfig(t, root, row.Stack)
		tried[row.Key] = tried[row.Key] || len(valuesAt(config, row.Key)) > 0
		if row.Own != nil {
			continue
		}
		applyEdits(t, row, config, row.Before)
		before := valuesAt(config, row.Key)
		applyEdits(t, row, config, row.Edits)
		if reflect.DeepEqual(before, valuesAt(config, row.Key)) {
			t.Errorf("%s: its edits do not change the key", row)
		}
	}
	for key, with := range tried {
		if stacks := stacksWith(t, root, key); !with && len(stacks) > 0 {
			t.Errorf("%s is not changed on any of the stacks that have it: %v", key, stacks)
		}
	}
}

func loadConfig(t *testing.T, root, stack string) changes.Config {
	t.Helper()
	config, err := changes.Load(filepath.Join(root, "Pulumi."+stack+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func applyEdits(t *testing.T, row matrix.Row, config changes.Config, all []changes.Edit) {
	t.Helper()
	for _, edit := range all {
		if err := edit(config); err != nil {
			t.Fatalf("%s: %v", row, err)
		}
	}
}

// stacksWith returns the committed stacks that have a key.
func stacksWith(t *testing.T, root, key string) (with []string) {
	t.Helper()
	for _, stack := range engine.Stacks(root) {
		if len(valuesAt(loadConfig(t, root, stack), key)) > 0 {
			with = append(with, stack)
		}
	}
	return with
}

// valuesAt returns the values of a key in a stack file, by their paths without wildcards.
func valuesAt(config changes.Config, key string) map[string]any {
	if !strings.Contains(key, ":") {
		key = "eksnet:" + key
	}
	found := map[string]any{}
	collectValues(found, map[string]any(config), "", strings.Split(strings.ReplaceAll(key, "[]", ".[]"), "."))
	return found
}

func collectValues(found map[string]any, value any, at string, path []string) {
	if len(path) == 0 {
		found[at] = value
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			if path[0] == "<name>" || path[0] == key {
				collectValues(found, below, at+"."+key, path[1:])
			}
		}
	case []any:
		for i, below := range value {
			if path[0] == "[]" {
				collectValues(found, below, fmt.Sprintf("%s[%d]", at, i), path[1:])
			}
		}
	}
}

func TestMakeProveChangesTheStacksThatTheMatrixNeeds(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^CHANGED := (.*)$`).FindStringSubmatch(string(makefile))
	if want := strings.Join(matrix.ChangedStacks(), " "); line == nil || line[1] != want {
		t.Errorf("CHANGED of the Makefile is %q, and the matrix needs %s", line, want)
	}
}

func TestTheTableOfChangesNamesEachKeyOfAStackFile(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Changing\n")
	section, _, _ = strings.Cut(section, "\n## ")
	named := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]*) \|`).FindAllStringSubmatch(section, -1) {
		for _, word := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			key, _, _ := strings.Cut(strings.TrimPrefix(word[1], "eksnet:"), ": ") // nat: single names nat
			named[key] = true
		}
	}
	for _, key := range stackFileKeys() {
		if !isNamed(named, key) {
			t.Errorf("the table does not name %s", key)
		}
	}
}

// isNamed reports whether the names include a part of a key's path that is longer than its section.
func isNamed(named map[string]bool, key string) bool {
	parts := strings.Split(strings.ReplaceAll(strings.ReplaceAll(key, ".<name>", ""), "[]", ""), ".")
	for from := range parts {
		for to := from + 1; to <= len(parts); to++ {
			if (to > 1 || len(parts) == 1) && named[strings.Join(parts[from:to], ".")] {
				return true
			}
		}
	}
	return strings.HasSuffix(key, ".<name>") // node groups and workloads have rows with text
}
