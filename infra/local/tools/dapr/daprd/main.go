// Dapr's sidecar as its own cmd/daprd, with its stable components and one more: `conversation.echo`, which answers with
// what it was asked, so that Dapr's Conversation API can be tested without a language model.
package main

import (
	"github.com/dapr/components-contrib/conversation/echo"
	"github.com/dapr/dapr/cmd/daprd/app"
	"github.com/dapr/dapr/pkg/components/conversation"
)

func main() {
	conversation.DefaultRegistry.RegisterComponent(echo.NewEcho, "echo")
	app.Run()
}
