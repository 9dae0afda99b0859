// The smallest function there is: what a cold start takes when nothing is loaded.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	started := time.Now()
	http.HandleFunc("/{$}", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Println(time.Now().Format(time.RFC3339Nano))
		host, _ := os.Hostname()
		fmt.Fprintf(answer, "hello from %s, up for %s\n", host, time.Since(started).Round(time.Millisecond))
	})
	if err := http.ListenAndServe(":"+os.Getenv("PORT"), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
