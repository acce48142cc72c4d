package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// EnforceIAM makes moto authorize each further call. Moto evaluates only actions, for all resources and without
// conditions, except for Route 53.
func (a *Account) EnforceIAM(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.Endpoint+"/moto-api/reset-auth", strings.NewReader("0"))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %s", request.URL, response.Status)
	}
	return nil
}
