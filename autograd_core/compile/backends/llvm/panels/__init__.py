"""Large tapes of many rows: products of matrices, panel of rows after panel.

`rolled` (which parts are matrices, where numbers wait), `turning` (batches to lines),
`matrices` (products in blocks that stay in registers), `panels` and `loops` (the text),
`halves` (two threads).
"""
