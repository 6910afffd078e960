"""
Commands for those who run a site; each works on the application's own configuration.

    application   finds the application, as ``flask`` does
    sweep         ends what has run out, revokes what is still to be revoked
    outbox        shows what is still to be revoked
    sessions      shows who is signed in, and ends it
    keys          makes a secret, and changes over to it
"""
