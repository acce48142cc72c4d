package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// idHeader is the header with the IDs of the resources that a request creates, separated by commas. lab/moto/serve.py
// reads it.
const idHeader = "X-Resource-Ids"

// idsKey is the key of a context's IDs.
type idsKey struct{}

// withIDs returns a context in which a request creates resources with the given IDs.
func withIDs(ctx context.Context, ids ...string) context.Context {
	return context.WithValue(ctx, idsKey{}, strings.Join(ids, ","))
}

// idSender is an HTTP client that sends the IDs of a request's context.
type idSender struct{ aws.HTTPClient }

func (s idSender) Do(r *http.Request) (*http.Response, error) {
	if ids, given := r.Context().Value(idsKey{}).(string); given {
		r.Header.Set(idHeader, ids)
	}
	return s.HTTPClient.Do(r)
}

// checkID returns an error if moto created a resource with another ID or ARN than the rehearsal's.
func checkID(rehearsed string, made *string) error {
	if aws.ToString(made) != rehearsed {
		return fmt.Errorf("moto created %s instead of %s", aws.ToString(made), rehearsed)
	}
	return nil
}
