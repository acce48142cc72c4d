package project

import (
	"os"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

// positions are where the settings of a stack file are in it, nil for a file that has none.
type positions struct{ settings *yaml.Node }

// positionsOf reads a stack file. A file that cannot be read has no positions.
func positionsOf(file string) positions {
	text, err := os.ReadFile(file)
	var document yaml.Node
	if err != nil || yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return positions{}
	}
	for key, value := range entries(document.Content[0]) {
		if key.Value == "config" {
			return positions{value}
		}
	}
	return positions{}
}

// find is the line and the column of the setting at a path such as nodeGroups["general"].scaling, or of the nearest one
// above it that the file has; 0 for a path of which the file has nothing.
func (p positions) find(path string) (line, column int) {
	if p.settings == nil {
		return 0, 0
	}
	at := &yaml.Node{}
	for key, value := range entries(p.settings) {
		if rest, is := below(path, strings.TrimPrefix(key.Value, config.Namespace+":")); is {
			at = descend(key, value, rest)
		}
	}
	return at.Line, at.Column
}

// descend is the node at the rest of a path below a node, or the last one on the way that exists.
func descend(at, in *yaml.Node, rest string) *yaml.Node {
	if in.Kind == yaml.AliasNode {
		in = in.Alias
	}
	if in.Kind == yaml.SequenceNode && strings.HasPrefix(rest, "[") {
		index, after, _ := strings.Cut(rest[1:], "]")
		if i, err := strconv.Atoi(index); err == nil && i < len(in.Content) {
			return descend(in.Content[i], in.Content[i], after)
		}
		return at
	}
	deepest, length := at, -1
	for key, value := range entries(in) {
		for _, form := range []string{"." + key.Value, "[" + strconv.Quote(key.Value) + "]"} {
			// A key may contain dots: the longest one that fits is meant.
			if after, is := below(rest, form); is && len(form) > length {
				deepest, length = descend(key, value, after), len(form)
			}
		}
	}
	return deepest
}

// below is the rest of a path that is at another one or below it.
func below(path, other string) (rest string, is bool) {
	rest, is = strings.CutPrefix(path, other)
	return rest, is && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// entries are the keys and values of a map.
func entries(of *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; of.Kind == yaml.MappingNode && i+1 < len(of.Content); i += 2 {
			if !yield(of.Content[i], of.Content[i+1]) {
				return
			}
		}
	}
}
