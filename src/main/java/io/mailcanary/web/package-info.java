/// The pages that people look at: drawn on the server, readable without scripts, live with them.
/// They show what the REST interface shows, so they share its resources and its gate.
@NullMarked
package io.mailcanary.web;

import org.jspecify.annotations.NullMarked;
