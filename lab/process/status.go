package process

import (
	"context"
	"fmt"
	"net/http"
)

// CheckStatusOK returns a function that requests a URL and returns an error for any status other than 200.
func CheckStatusOK(client *http.Client, url string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: status %s", url, response.Status)
		}
		return nil
	}
}
