import { accountsContract } from '../testing/accounts-contract.ts'
import { openEmbeddedTestDatabase } from '../testing/test-database.ts'

accountsContract(openEmbeddedTestDatabase)
