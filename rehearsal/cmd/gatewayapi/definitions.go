package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"slices"
)

// header is the comment of the compressed file.
const header = "Gateway API " + version + ", github.com/kubernetes-sigs/gateway-api, Apache License 2.0 (www.apache.org/licenses/LICENSE-2.0)"

// render returns the objects as JSON, one a line, by kind and name.
func render(objects []map[string]any) ([]byte, error) {
	identity := func(object map[string]any) string {
		metadata, _ := object["metadata"].(map[string]any)
		return fmt.Sprint(object["kind"], " ", metadata["name"])
	}
	sorted := slices.SortedFunc(slices.Values(objects), func(a, b map[string]any) int { return cmp.Compare(identity(a), identity(b)) })
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for _, object := range sorted {
		if err := encoder.Encode(object); err != nil {
			return nil, fmt.Errorf("%s: %w", identity(object), err)
		}
	}
	return text.Bytes(), nil
}

// compress returns the objects as the content of the file.
func compress(objects []map[string]any) ([]byte, error) {
	text, err := render(objects)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	writer, err := gzip.NewWriterLevel(&file, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	writer.Comment = header
	if _, err := writer.Write(text); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
