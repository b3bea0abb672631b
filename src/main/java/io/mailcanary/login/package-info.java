/// Lets people in whom an OpenID provider vouches for, by Micronaut Security. It speaks with the
/// provider and checks what that says; who may do what and how long is the gate's, as for everybody
/// else. Nothing of it is loaded where no provider is configured.
@NullMarked
package io.mailcanary.login;

import org.jspecify.annotations.NullMarked;
